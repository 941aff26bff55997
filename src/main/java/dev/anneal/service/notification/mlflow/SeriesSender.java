package dev.anneal.service.notification.mlflow;

import dev.anneal.service.notification.mlflow.Measurement.Place;
import dev.anneal.service.notification.mlflow.Measurement.Validation;
import dev.anneal.service.notification.mlflow.Outbox.Claim;
import dev.anneal.service.notification.mlflow.RunStore.Reported;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.history.SeriesRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;

/**
 * Sends a job's series in batches, each number once. If it is unknown whether a batch has arrived completely, the
 * server is asked first, because it would store a number twice.
 */
final class SeriesSender {

    private static final int ROWS_READ = 200;
    private static final String HISTORY_PAGE = "10000";

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

    void sendSteps(Claim row, String run, Reported reported) throws MlflowException {
        send(row, run, reported.steps(), after -> batch(steps(row, after), Measurement::of, SeriesRow::step));
    }

    void sendValidations(Claim row, String run, Reported reported) throws MlflowException {
        send(
                row,
                run,
                reported.validations(),
                after -> batch(validations(row, after), Measurement::of, Validation::step));
    }

    /**
     * @param next batch that follows a step; empty if there is none yet
     */
    private void send(Claim row, String run, Reported.Position position, IntFunction<Optional<Batch>> next)
            throws MlflowException {
        boolean asks = position.isInDoubt();
        Optional<Batch> following = next.apply(position.step());
        while (following.isPresent()) {
            Batch batch = following.get();
            List<Measurement> missing = asks ? missing(run, batch.numbers) : batch.numbers;
            runs.doubt(row, position.column());
            log(run, missing);
            runs.sent(row, position.column(), batch.last);
            asks = false;
            following = next.apply(batch.last);
        }
    }

    private List<SeriesRow> steps(Claim row, int after) {
        return database.call(() -> series.read(row.number(), after, ROWS_READ));
    }

    private List<Validation> validations(Claim row, int after) {
        return database.call(() -> runs.validations(row.number(), after, ROWS_READ));
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

    private List<Measurement> missing(String run, List<Measurement> numbers) throws MlflowException {
        Set<Place> there = new HashSet<>();
        Set<String> keys = new TreeSet<>();
        numbers.forEach(number -> keys.add(number.key()));
        for (String key : keys) {
            addHistory(run, key, there);
        }
        return numbers.stream()
                .filter(number -> !there.contains(number.place()))
                .toList();
    }

    private void addHistory(String run, String key, Set<Place> there) throws MlflowException {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("run_id", run);
        query.put("metric_key", key);
        query.put("max_results", HISTORY_PAGE);
        String page;
        do {
            JsonNode answer = client.get("metrics/get-history", query);
            for (JsonNode metric : answer.path("metrics")) {
                there.add(new Place(key, metric.path("step").asInt(0)));
            }
            page = answer.path("next_page_token").asString("");
            query.put("page_token", page);
        } while (!page.isEmpty());
    }
}
