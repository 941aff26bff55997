package dev.anneal.service.training.history;

import dev.anneal.protocol.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A job's series as comma-separated values: the result file of a finished job, and {@code /metrics?format=csv}. The
 * header is part of the API and fixed by a golden file; additional metrics of a method are appended under their names,
 * those of validations with the prefix {@code valid_}.
 */
public final class ResultCsv {

    /** OpenAI's files have the token accuracy in two columns, of which readers use either. */
    private static final Map<String, Function<SeriesRow, @Nullable Object>> COLUMNS = columns();

    private final MetricNames names;

    /**
     * @param names additional columns of the job's method
     */
    public ResultCsv(MetricNames names) {
        this.names = names;
    }

    public String header() {
        StringBuilder header = new StringBuilder(String.join(",", COLUMNS.keySet()));
        names.ofSteps().forEach(name -> header.append(',').append(name));
        names.ofValidations().forEach(name -> header.append(",valid_").append(name));
        return header.append('\n').toString();
    }

    public String line(SeriesRow row) {
        List<@Nullable Object> values = new ArrayList<>();
        COLUMNS.values().forEach(column -> values.add(column.apply(row)));
        names.ofSteps().forEach(name -> values.add(row.metrics().get(name)));
        names.ofValidations().forEach(name -> values.add(row.validMetrics().get(name)));
        return values.stream().map(value -> Objects.toString(value, "")).collect(Collectors.joining(",", "", "\n"));
    }

    private static Map<String, Function<SeriesRow, @Nullable Object>> columns() {
        Map<String, Function<SeriesRow, @Nullable Object>> columns = new LinkedHashMap<>();
        columns.put("step", SeriesRow::step);
        columns.put(Figure.TRAIN_LOSS.wireName(), row -> row.get(Figure.TRAIN_LOSS));
        columns.put("train_accuracy", row -> row.get(Figure.TRAIN_MEAN_TOKEN_ACCURACY));
        columns.put(Figure.TRAIN_MEAN_TOKEN_ACCURACY.wireName(), row -> row.get(Figure.TRAIN_MEAN_TOKEN_ACCURACY));
        columns.put("valid_loss", SeriesRow::validLoss);
        columns.put("valid_accuracy", SeriesRow::validMeanTokenAccuracy);
        columns.put("valid_mean_token_accuracy", SeriesRow::validMeanTokenAccuracy);
        for (Figure figure : Figure.values()) {
            columns.putIfAbsent(figure.wireName(), row -> row.figures().get(figure.wireName()));
        }
        columns.put(
                Figure.TOKENS_PER_SECOND.wireName(),
                row -> String.format(Locale.ROOT, "%.1f", row.get(Figure.TOKENS_PER_SECOND)));
        return columns;
    }
}
