-- The trainings of a tenant with a method and in a state, newest first: filters of the list of jobs, and the counts of its jobs by state.
CREATE INDEX work_trainings ON work (tenant_id, method, state, id) WHERE kind = 'TRAIN';
