-- CreateTable
CREATE TABLE "vm_token" (
    "id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "vm_key" TEXT NOT NULL,
    "hypervisor_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "vm_token_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "vm_token_token_hash_key" ON "vm_token"("token_hash");

-- CreateIndex
CREATE INDEX "vm_token_vm_key_idx" ON "vm_token"("vm_key");

-- CreateIndex
CREATE INDEX "vm_token_hypervisor_id_idx" ON "vm_token"("hypervisor_id");

-- CreateIndex
CREATE INDEX "vm_key_idx" ON "vm"("key");

-- AddForeignKey
ALTER TABLE "vm_token" ADD CONSTRAINT "vm_token_hypervisor_id_fkey" FOREIGN KEY ("hypervisor_id") REFERENCES "hypervisor"("id") ON DELETE CASCADE ON UPDATE CASCADE;
