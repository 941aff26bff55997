package dev.anneal.service.training.history;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A job's series as comma-separated values: the result file of a finished job, and {@code /metrics?format=csv}. The
 * header is part of the API and fixed by a golden file; additional metrics of a method are appended under their names,
 * those of validations with the prefix {@code valid_}.
 */
public final class ResultCsv {

    private static final String HEADER =
            "step,train_loss,train_accuracy,train_mean_token_accuracy,valid_loss,valid_accuracy,"
                    + "valid_mean_token_accuracy,"
                    + "epoch,beta,learning_rate,grad_norm,tokens,shared_tokens,trained_tokens,tokens_per_second";

    private final MetricNames names;

    /**
     * @param names additional columns of the job's method
     */
    public ResultCsv(MetricNames names) {
        this.names = names;
    }

    public String header() {
        StringBuilder header = new StringBuilder(HEADER);
        names.ofSteps().forEach(name -> header.append(',').append(name));
        names.ofValidations().forEach(name -> header.append(",valid_").append(name));
        return header.append('\n').toString();
    }

    /** OpenAI's files have the token accuracy in two columns, of which readers use either. */
    public String line(SeriesRow row) {
        StringBuilder line = new StringBuilder().append(row.step());
        append(line, row.trainLoss());
        append(line, row.trainMeanTokenAccuracy());
        append(line, row.trainMeanTokenAccuracy());
        append(line, row.validLoss());
        append(line, row.validMeanTokenAccuracy());
        append(line, row.validMeanTokenAccuracy());
        append(line, row.epoch());
        append(line, row.beta());
        append(line, row.learningRate());
        append(line, row.gradNorm());
        line.append(',').append(row.tokens()).append(',').append(row.sharedTokens());
        line.append(',').append(row.trainedTokens());
        line.append(',').append(String.format(Locale.ROOT, "%.1f", row.tokensPerSecond()));
        names.ofSteps().forEach(name -> append(line, row.metrics().get(name)));
        names.ofValidations().forEach(name -> append(line, row.validMetrics().get(name)));
        return line.append('\n').toString();
    }

    private static void append(StringBuilder line, @Nullable Double value) {
        line.append(',');
        if (value != null) {
            line.append(value.doubleValue());
        }
    }
}
