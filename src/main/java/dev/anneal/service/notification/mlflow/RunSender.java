package dev.anneal.service.notification.mlflow;

import dev.anneal.service.notification.mlflow.RunStore.Reported;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reports a job: creates its run, sends new data of its series, and ends the run with the job. Stores how much the
 * server has confirmed.
 */
final class RunSender implements Sender {

    private final SystemDatabase database;
    private final JobStore jobs;
    private final RunStore runs;
    private final SeriesSender numbers;
    private final Experiments experiments;
    private final MlflowClient client;
    private final MlflowProperties properties;

    RunSender(
            SystemDatabase database,
            JobStore jobs,
            Series series,
            RunStore runs,
            MlflowClient client,
            MlflowProperties properties) {
        this.database = database;
        this.jobs = jobs;
        this.runs = runs;
        this.numbers = new SeriesSender(database, series, runs, client);
        this.experiments = new Experiments(client);
        this.client = client;
        this.properties = properties;
    }

    @Override
    public Outbox outbox() {
        return runs.outbox();
    }

    @Override
    public void admit() {
        runs.admit(properties.backfill());
    }

    @Override
    public String describe(long row) {
        return "the run of job " + job(row).id();
    }

    private Job job(long row) {
        return database.call(() -> jobs.byNumber(row)).orElseThrow();
    }

    @Override
    public void send(long row) throws MlflowException {
        // Read before the series, so that the series of a job read as ended is complete.
        Job job = job(row);
        Reported reported = database.call(() -> runs.read(row));
        String run = reported.runId() == null ? make(row, job) : reported.runId();
        if (!reported.hasParams()) {
            sendParams(row, run, job);
        }
        if (reported.runId() != null && reported.attempt() != job.work().attempts()) {
            sendTags(run, RunDescription.tags(job));
            runs.sentAttempt(row, job.work().attempts());
        }
        numbers.sendSteps(row, run, reported);
        numbers.sendValidations(row, run, reported);
        if (job.state().isFinal()) {
            end(row, run, job);
        } else {
            runs.pause(row, properties.interval());
        }
    }

    private String make(long row, Job job) throws MlflowException {
        String experiment = experiments.idOf(properties.experimentOf(job.tenantId()));
        String found = experiments.runOf(experiment, job.id());
        String run = found == null ? create(experiment, job) : found;
        runs.made(row, experiment, run, job.work().attempts());
        return run;
    }

    private String create(String experiment, Job job) throws MlflowException {
        Map<String, Object> body = new HashMap<>();
        body.put("experiment_id", experiment);
        body.put("run_name", job.modelName());
        body.put(
                "start_time",
                Objects.requireNonNull(job.work().startedAt(), "it was claimed").toEpochMilli());
        body.put("tags", RunDescription.tags(job));
        return Experiments.required(client.post("runs/create", body), "/run/info/run_id");
    }

    private void sendParams(long row, String run, Job job) throws MlflowException {
        List<Map<String, Object>> params = RunDescription.params(job);
        for (int from = 0; from < params.size(); from += RunDescription.MOST_PARAMS_OF_A_BATCH) {
            int to = Math.min(params.size(), from + RunDescription.MOST_PARAMS_OF_A_BATCH);
            client.post("runs/log-batch", Map.of("run_id", run, "params", params.subList(from, to)));
        }
        runs.sentParams(row);
    }

    private void sendTags(String run, List<Map<String, Object>> tags) throws MlflowException {
        if (!tags.isEmpty()) {
            client.post("runs/log-batch", Map.of("run_id", run, "tags", tags));
        }
    }

    private void end(long row, String run, Job job) throws MlflowException {
        sendTags(run, RunDescription.lastTags(job));
        client.post(
                "runs/update",
                Map.of(
                        "run_id",
                        run,
                        "status",
                        RunDescription.status(job.state()),
                        "end_time",
                        Objects.requireNonNull(job.work().finishedAt(), "it has ended")
                                .toEpochMilli()));
        runs.ended(row);
    }
}
