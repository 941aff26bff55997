package dev.anneal.service.notification.mlflow;

import dev.anneal.service.notification.mlflow.Measurement.Validation;
import dev.anneal.service.notification.mlflow.RunStore.Reported;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.history.SeriesRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Sends a job's series in batches. A batch of which it is not known whether it has arrived is sent again: MLflow's SQL
 * stores keep a number once that comes twice with the same key, time, step and value.
 */
final class SeriesSender {

    private static final int ROWS_READ = 200;

    private final SystemDatabase database;
    private final Series series;
    private final RunStore runs;
    private final MlflowClient client;

    SeriesSender(SystemDatabase database, Series series, RunStore runs, MlflowClient client) {
        this.database = database;
        this.series = series;
        this.runs = runs;
        this.client = client;
    }

    /** Numbers of complete rows, up to the row of step {@code last}. */
    private record Batch(List<Measurement> numbers, int last) {}

    void sendSteps(long row, String run, Reported reported) throws MlflowException {
        send(
                run,
                reported.step(),
                after -> batch(steps(row, after), Measurement::of, SeriesRow::step),
                last -> runs.sentSteps(row, last));
    }

    void sendValidations(long row, String run, Reported reported) throws MlflowException {
        send(
                run,
                reported.validationStep(),
                after -> batch(validations(row, after), Measurement::of, Validation::step),
                last -> runs.sentValidations(row, last));
    }

    /**
     * @param next batch that follows a step; empty if there is none yet
     */
    private void send(String run, int reported, IntFunction<Optional<Batch>> next, IntConsumer sent)
            throws MlflowException {
        Optional<Batch> following = next.apply(reported);
        while (following.isPresent()) {
            Batch batch = following.get();
            log(run, batch.numbers);
            sent.accept(batch.last);
            following = next.apply(batch.last);
        }
    }

    private List<SeriesRow> steps(long row, int after) {
        return database.call(() -> series.read(row, after, ROWS_READ));
    }

    private List<Validation> validations(long row, int after) {
        return database.call(() -> runs.validations(row, after, ROWS_READ));
    }

    /** A batch of the first rows, at least one if there are any. */
    private static <T> Optional<Batch> batch(
            List<T> rows, Function<T, List<Measurement>> numbersOf, Function<T, Integer> stepOf) {
        List<Measurement> numbers = new ArrayList<>();
        int last = 0;
        for (T row : rows) {
            List<Measurement> more = numbersOf.apply(row);
            if (!numbers.isEmpty() && numbers.size() + more.size() > Measurement.MOST_OF_A_BATCH) {
                break;
            }
            numbers.addAll(more);
            last = stepOf.apply(row);
        }
        return rows.isEmpty() ? Optional.empty() : Optional.of(new Batch(numbers, last));
    }

    private void log(String run, List<Measurement> numbers) throws MlflowException {
        if (!numbers.isEmpty()) {
            client.post(
                    "runs/log-batch",
                    Map.of(
                            "run_id",
                            run,
                            "metrics",
                            numbers.stream().map(Measurement::toWire).toList()));
        }
    }
}
