-- Written by the schema engine of Prisma from schema.prisma. By hand: PARTITION BY, which Prisma cannot say, and the fill factors at the end.
-- The driver adapter cuts a migration at every semicolon, so none may stand in a comment, a string or a function body.

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "user_id" TEXT NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "enrolment_token" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "demo" BOOLEAN NOT NULL,
    "uses_left" INTEGER NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "enrolment_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "collector_credential" (
    "id" TEXT NOT NULL,
    "hypervisor_id" TEXT NOT NULL,
    "credential_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "collector_credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "one_time_link" (
    "id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "one_time_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "action" TEXT NOT NULL,
    "subject" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hypervisor" (
    "id" TEXT NOT NULL,
    "host_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "demo" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "version" BIGINT NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL,
    "status_reason" TEXT NOT NULL,
    "status_since" TIMESTAMPTZ(3) NOT NULL,
    "boot_id" TEXT,
    "last_seen_at" TIMESTAMPTZ(3),
    "observed_at" TIMESTAMPTZ(3),
    "clock_skew_ms" BIGINT,
    "judge_again_at" TIMESTAMPTZ(3),
    "membership_bytes" INTEGER,
    "memory" JSON,
    "kernel" TEXT,
    "collector_version" TEXT,
    "labels" JSONB NOT NULL DEFAULT '{}',
    "runs" JSONB NOT NULL DEFAULT '[]',
    "vms_total" INTEGER NOT NULL DEFAULT 0,
    "vms_missing" INTEGER NOT NULL DEFAULT 0,
    "vms_unknown" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "hypervisor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hypervisor_boot" (
    "hypervisor_id" TEXT NOT NULL,
    "boot_id" TEXT NOT NULL,
    "last_sequence" BIGINT NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "hypervisor_boot_pkey" PRIMARY KEY ("hypervisor_id","boot_id")
);

-- CreateTable
CREATE TABLE "sender_socket" (
    "hypervisor_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "namespace_id" BIGINT NOT NULL,
    "namespace_name" TEXT,
    "inode" BIGINT NOT NULL,
    "daemon" TEXT NOT NULL,
    "version" TEXT,
    "pid" BIGINT NOT NULL,
    "started_at" TEXT,
    "executable_deleted" BOOLEAN NOT NULL,
    "method" TEXT,
    "unmeasured_reason" TEXT,
    "optmem_bytes" BIGINT,
    "optmem_max_bytes" BIGINT,
    "optmem_max_source" TEXT,
    "memberships" BIGINT,
    "live_memberships" BIGINT,
    "stale_memberships" BIGINT,
    "stale_interface_indexes" JSONB,
    "joins_left" BIGINT,
    "sends_blocked" BOOLEAN,
    "trend" JSON NOT NULL,
    "full_at" TIMESTAMPTZ(3),
    "memory" JSON NOT NULL,

    CONSTRAINT "sender_socket_pkey" PRIMARY KEY ("hypervisor_id","key")
);

-- CreateTable
CREATE TABLE "tap" (
    "hypervisor_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "namespace_id" BIGINT NOT NULL,
    "namespace_name" TEXT,
    "ifindex" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "up" BOOLEAN NOT NULL,
    "forwarding" BOOLEAN,
    "all_routers_users" BIGINT,
    "router_solicits_in" BIGINT,
    "router_adverts_in" BIGINT,
    "router_adverts_out" BIGINT,
    "vm_key" TEXT,
    "status" TEXT NOT NULL,
    "status_reason" TEXT NOT NULL,
    "status_since" TIMESTAMPTZ(3) NOT NULL,
    "unanswered_solicits" BIGINT,
    "unanswered_since" TIMESTAMPTZ(3),
    "memory" JSON NOT NULL,

    CONSTRAINT "tap_pkey" PRIMARY KEY ("hypervisor_id","key")
);

-- CreateTable
CREATE TABLE "vm" (
    "hypervisor_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "uuid" TEXT,
    "tap_keys" TEXT[],
    "route_status" TEXT NOT NULL,
    "route_reason" TEXT,
    "route_since" TIMESTAMPTZ(3) NOT NULL,
    "route_checked_at" TIMESTAMPTZ(3),
    "route_method" TEXT,
    "route_gateway" TEXT,
    "route_expires_at" TIMESTAMPTZ(3),
    "route_cause" TEXT,
    "checks" JSON NOT NULL,
    "memory" JSON NOT NULL,

    CONSTRAINT "vm_pkey" PRIMARY KEY ("hypervisor_id","key")
);

-- CreateTable
CREATE TABLE "sample" (
    "hypervisor_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "socket_key" TEXT NOT NULL,
    "daemon" TEXT NOT NULL,
    "pid" BIGINT NOT NULL,
    "namespace_name" TEXT,
    "optmem_bytes" BIGINT,
    "optmem_max_bytes" BIGINT,
    "membership_bytes" INTEGER,
    "live_memberships" BIGINT,
    "stale_memberships" BIGINT,

    CONSTRAINT "sample_pkey" PRIMARY KEY ("hypervisor_id","at","socket_key")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "sample_5m" (
    "hypervisor_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "socket_key" TEXT NOT NULL,
    "daemon" TEXT NOT NULL,
    "pid" BIGINT NOT NULL,
    "namespace_name" TEXT,
    "optmem_bytes" BIGINT,
    "optmem_max_bytes" BIGINT,
    "membership_bytes" INTEGER,
    "live_memberships" BIGINT,
    "stale_memberships" BIGINT,

    CONSTRAINT "sample_5m_pkey" PRIMARY KEY ("hypervisor_id","at","socket_key")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "sample_1h" (
    "hypervisor_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "socket_key" TEXT NOT NULL,
    "daemon" TEXT NOT NULL,
    "pid" BIGINT NOT NULL,
    "namespace_name" TEXT,
    "optmem_bytes" BIGINT,
    "optmem_max_bytes" BIGINT,
    "membership_bytes" INTEGER,
    "live_memberships" BIGINT,
    "stale_memberships" BIGINT,

    CONSTRAINT "sample_1h_pkey" PRIMARY KEY ("hypervisor_id","at","socket_key")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "transition" (
    "hypervisor_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "subject" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "from" TEXT,
    "to" TEXT,
    "reason" TEXT,

    CONSTRAINT "transition_pkey" PRIMARY KEY ("hypervisor_id","at","id")
) PARTITION BY RANGE ("at");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "account_user_id_idx" ON "account"("user_id");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "enrolment_token_token_hash_key" ON "enrolment_token"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "collector_credential_credential_hash_key" ON "collector_credential"("credential_hash");

-- CreateIndex
CREATE INDEX "collector_credential_hypervisor_id_idx" ON "collector_credential"("hypervisor_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_token_hash_key" ON "api_token"("token_hash");

-- CreateIndex
CREATE UNIQUE INDEX "one_time_link_token_hash_key" ON "one_time_link"("token_hash");

-- CreateIndex
CREATE INDEX "audit_event_at_idx" ON "audit_event"("at");

-- CreateIndex
CREATE UNIQUE INDEX "hypervisor_host_id_key" ON "hypervisor"("host_id");

-- CreateIndex
CREATE UNIQUE INDEX "vm_id_key" ON "vm"("id");

-- CreateIndex
CREATE INDEX "vm_route_status_idx" ON "vm"("route_status");

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "collector_credential" ADD CONSTRAINT "collector_credential_hypervisor_id_fkey" FOREIGN KEY ("hypervisor_id") REFERENCES "hypervisor"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hypervisor_boot" ADD CONSTRAINT "hypervisor_boot_hypervisor_id_fkey" FOREIGN KEY ("hypervisor_id") REFERENCES "hypervisor"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sender_socket" ADD CONSTRAINT "sender_socket_hypervisor_id_fkey" FOREIGN KEY ("hypervisor_id") REFERENCES "hypervisor"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tap" ADD CONSTRAINT "tap_hypervisor_id_fkey" FOREIGN KEY ("hypervisor_id") REFERENCES "hypervisor"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "vm" ADD CONSTRAINT "vm_hypervisor_id_fkey" FOREIGN KEY ("hypervisor_id") REFERENCES "hypervisor"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- These rows are updated with every report. Room on their pages keeps the updates off the indexes (heap-only tuples).
ALTER TABLE "hypervisor" SET (fillfactor = 50);
ALTER TABLE "hypervisor_boot" SET (fillfactor = 50);
ALTER TABLE "sender_socket" SET (fillfactor = 50);
ALTER TABLE "tap" SET (fillfactor = 60);
ALTER TABLE "vm" SET (fillfactor = 60);
