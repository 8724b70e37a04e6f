-- AlterTable: a token from before works for another year.
ALTER TABLE "api_token" ADD COLUMN     "expires_at" TIMESTAMPTZ(3);
UPDATE "api_token" SET "expires_at" = now() + INTERVAL '365 days';
ALTER TABLE "api_token" ALTER COLUMN "expires_at" SET NOT NULL;

-- CreateTable
CREATE TABLE "password_guess" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "password_guess_pkey" PRIMARY KEY ("key")
);
