-- AlterTable
ALTER TABLE "vm_token" ADD COLUMN     "last_hypervisor_id" TEXT;
