-- The CUDA device that trained a job last, and the most that was held of its memory in any attempt. Null on CPUs.

ALTER TABLE job_progress
    ADD COLUMN device            text,
    ADD COLUMN device_bytes      bigint,
    ADD COLUMN device_peak_bytes bigint,
    ADD CONSTRAINT job_progress_device CHECK (num_nulls(device, device_bytes, device_peak_bytes) IN (0, 3));
