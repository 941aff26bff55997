package dev.anneal.service.notification.mlflow;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names that MLflow accepts. */
final class MlflowNames {

    private static final int LONGEST_KEY = 250;

    private static final Pattern NOT_OF_A_KEY = Pattern.compile("[^A-Za-z0-9_. /-]");
    private static final Pattern DOTS = Pattern.compile("\\.{1,2}");
    private static final Pattern NOT_OF_A_MODEL = Pattern.compile("[/:]+");

    private MlflowNames() {}

    /**
     * Name of a metric or parameter. MLflow treats it as a path: it must not be absolute, have an empty part, or lead
     * upwards.
     */
    static String key(String name) {
        String plain = NOT_OF_A_KEY
                .matcher(name.substring(0, Math.min(LONGEST_KEY, name.length())))
                .replaceAll("_");
        String key = Arrays.stream(plain.split("/", -1))
                .filter(part -> !part.isEmpty())
                .map(part -> DOTS.matcher(part).matches() ? "_" : part)
                .collect(Collectors.joining("/"));
        return key.isEmpty() ? "_" : key;
    }

    /**
     * Name of a registered model: that of the tuned model without the job's id, so that jobs that differ only in their
     * ids become its versions.
     *
     * @param tunedModel name in the form {@code ft:<base>:<tenant>:<suffix>:<id>}
     */
    static String model(String tunedModel) {
        String name = NOT_OF_A_MODEL
                .matcher(tunedModel.substring(0, tunedModel.lastIndexOf(':')))
                .replaceAll("-");
        return name.endsWith("-") ? name.substring(0, name.length() - 1) : name;
    }
}
