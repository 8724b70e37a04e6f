-- The worker rolls samples up when five minutes are over, instead of every report.

CREATE TABLE "roll_up" (
    "id" INTEGER NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "roll_up_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "roll_up_due" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "hypervisor_id" TEXT,

    CONSTRAINT "roll_up_due_pkey" PRIMARY KEY ("at","id")
);

-- Older samples were rolled up as they came.
INSERT INTO "roll_up" VALUES (1, date_bin('5 minutes', now(), to_timestamp(0)));
