-- Whether the optimizer's state is still there, from which a training can go on. Retention deletes it of older checkpoints once their job has ended.
ALTER TABLE checkpoint ADD COLUMN resumable boolean NOT NULL DEFAULT true;
