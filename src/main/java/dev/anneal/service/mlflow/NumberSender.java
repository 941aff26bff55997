package dev.anneal.service.mlflow;

import dev.anneal.service.database.SystemDatabase;
import dev.anneal.service.history.Series;
import dev.anneal.service.history.SeriesRow;
import dev.anneal.service.mlflow.Measurement.Place;
import dev.anneal.service.mlflow.Measurement.Validation;
import dev.anneal.service.mlflow.Outbox.Claim;
import dev.anneal.service.mlflow.RunStore.Told;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/**
 * Sends a job's series in batches, each number once. A batch whose arrival is not known may be there, in part as well: then the server is asked what
 * it has, for it would keep a number twice.
 */
final class NumberSender {

    private static final int ROWS_READ = 200;
    private static final String HISTORY_PAGE = "10000";

    private final SystemDatabase database;
    private final Series series;
    private final RunStore runs;
    private final MlflowClient client;

    NumberSender(SystemDatabase database, Series series, RunStore runs, MlflowClient client) {
        this.database = database;
        this.series = series;
        this.runs = runs;
        this.client = client;
    }

    /** Numbers of whole rows, up to the row of step {@code last}. */
    private record Batch(List<Measurement> numbers, int last) {}

    void sendSteps(Claim row, String run, Told told) throws MlflowException {
        int after = told.step();
        boolean isInDoubt = told.isStepInDoubt();
        List<SeriesRow> rows = steps(row, after);
        while (!rows.isEmpty()) {
            Batch batch = batch(rows, Measurement::of, SeriesRow::step);
            List<Measurement> missing = isInDoubt ? missing(run, batch.numbers) : batch.numbers;
            runs.doubtSteps(row);
            log(run, missing);
            runs.toldSteps(row, batch.last);
            after = batch.last;
            isInDoubt = false;
            rows = steps(row, after);
        }
    }

    void sendValidations(Claim row, String run, Told told) throws MlflowException {
        int after = told.validationStep();
        boolean isInDoubt = told.isValidationInDoubt();
        List<Validation> rows = validations(row, after);
        while (!rows.isEmpty()) {
            Batch batch = batch(rows, Measurement::of, Validation::step);
            List<Measurement> missing = isInDoubt ? missing(run, batch.numbers) : batch.numbers;
            runs.doubtValidations(row);
            log(run, missing);
            runs.toldValidations(row, batch.last);
            after = batch.last;
            isInDoubt = false;
            rows = validations(row, after);
        }
    }

    private List<SeriesRow> steps(Claim row, int after) {
        return database.call(jdbc -> series.read(jdbc, row.number(), after, ROWS_READ));
    }

    private List<Validation> validations(Claim row, int after) {
        return database.call(jdbc -> runs.validations(jdbc, row.number(), after, ROWS_READ));
    }

    /** The first of the rows, at least one. */
    private static <T> Batch batch(
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
        return new Batch(numbers, last);
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
