package dev.anneal.engine.export;

import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.text.template.PythonFloat;
import dev.anneal.protocol.TrainingRecord;
import dev.anneal.protocol.TrainingRecord.Point;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code ANNEAL.md}: description of the export in Markdown. The same export gives the same bytes: it contains no date.
 */
final class ModelCard {

    static final String FILE = "ANNEAL.md";
    static final String CHART = "ANNEAL.svg";

    private final ExportedBase base;
    private final Trained trained;
    private final TrainingRecord training;
    private final List<Point> curve;
    private final StringBuilder text = new StringBuilder();

    private ModelCard(ExportedBase base, Trained trained, TrainingRecord training) {
        this.base = base;
        this.trained = trained;
        this.training = training;
        this.curve = training.curve().stream()
                .filter(point -> point.step() <= trained.step())
                .toList();
    }

    /** Writes the card, and the chart if a step of the training is known. */
    static void write(
            Path folder, ExportInputs request, ExportedBase base, Trained trained, Map<String, @Nullable Object> proof)
            throws IOException {
        ModelCard card = new ModelCard(base, trained, request.training());
        Files.writeString(folder.resolve(FILE), card.text(request, proof));
        Optional<String> chart = CurveChart.of(card.curve);
        if (chart.isPresent()) {
            Files.writeString(folder.resolve(CHART), chart.get());
        }
    }

    private String text(ExportInputs request, Map<String, @Nullable Object> proof) {
        head(request.kind());
        serving(DraftGuide.of(request, trained));
        table("Origin", origin());
        table("Settings", settings());
        curves();
        table("Proof", proof);
        return text.toString();
    }

    private void head(String kind) {
        line("# " + training.model());
        line("");
        line(("Export of kind `%s` of %s, made by Anneal. `manifest.json` holds the sha256 of every file, this"
                        + " one among them.")
                .formatted(
                        kind,
                        training.jobId() == null
                                ? "an adapter that was trained elsewhere"
                                : "job `" + training.jobId() + "`"));
    }

    private void serving(@Nullable DraftGuide draft) {
        String guide = draft == null ? "" : draft.text();
        if (!guide.isEmpty()) {
            line("");
            line("## Serving");
            line("");
            text.append(guide);
        }
    }

    private Map<String, @Nullable Object> origin() {
        Map<String, @Nullable Object> rows = new LinkedHashMap<>();
        rows.put(
                "base model", "`" + base.id() + "`" + (base.revision() == null ? "" : " at `" + base.revision() + "`"));
        rows.put("sha256 of its configuration and weights", "`" + base.fingerprint() + "`");
        if (training.initialAdapter() != null) {
            String began = trained.adapterConfig() == null ? "began with the weights" : "began with the adapter";
            rows.put(training.jobId() == null ? "adapter" : began, adapter(training.initialAdapter()));
        }
        if (training.trainingData() != null) {
            rows.put("training data", file(training.trainingData()));
            rows.put("validation data", training.validationData() == null ? "none" : file(training.validationData()));
            rows.put("sha256 of the training rows as tokens and labels", "`" + trained.dataFingerprint() + "`");
            rows.put("checkpoint", "step %d of %d".formatted(trained.step(), trained.totalSteps()));
        }
        rows.put("beta", trained.beta());
        return rows;
    }

    private static String adapter(TrainingRecord.InitialAdapter adapter) {
        TrainingRecord.@Nullable Saved saved = adapter.checkpoint();
        return saved == null
                ? "uploaded as " + file(Objects.requireNonNull(adapter.file(), "an adapter comes from somewhere"))
                : "of `%s`, step %d, checkpoint `%s`".formatted(saved.jobId(), saved.step(), saved.id());
    }

    private static String file(TrainingRecord.DataFile file) {
        return file.sha256() == null
                ? "`%s`, deleted since".formatted(file.id())
                : "`%s`, sha256 `%s`".formatted(file.id(), file.sha256());
    }

    private Map<String, @Nullable Object> settings() {
        Map<String, @Nullable Object> rows = new LinkedHashMap<>();
        @Nullable AdapterConfig config = trained.adapterConfig();
        if (config == null) {
            rows.put("trained", "all weights, no adapter");
        } else {
            rows.put("rank", config.rank());
            rows.put("alpha", config.alpha());
            rows.put("rslora", config.rslora());
            rows.put("groups of signs", config.signGroups());
            rows.put("rank as an ordinary LoRA", config.widerRank());
            rows.put("dropout", config.dropout());
            rows.put("annealed activation", activation(config));
            rows.put(
                    "target modules",
                    config.targets().stream().map(Projection::shortName).collect(Collectors.joining(", ")));
        }
        if (trained.settings() != null) {
            put(trained.settings(), rows);
        }
        return rows;
    }

    private static void put(TrainingSettings settings, Map<String, @Nullable Object> rows) {
        TrainingSettings.Optimizer optimizer = settings.optimizer();
        rows.put("method", settings.method().wireName());
        settings.method().described().forEach(own -> rows.put(own.getKey(), own.getValue()));
        rows.put("epochs", settings.epochs());
        rows.put(settings.packing() ? "packed sequences of a step" : "rows of a step", settings.batchRows());
        rows.put("longest row that is read, tokens", settings.maxLengthTokens());
        rows.put("learning rate", optimizer.learningRate());
        rows.put("learning rate schedule", optimizer.schedule());
        rows.put("warm-up steps", optimizer.warmupSteps());
        rows.put("learning rate of B over that of A", optimizer.loraPlusRatio());
        rows.put("weight decay", optimizer.weightDecay());
        rows.put("largest gradient norm", optimizer.maxGradientNorm());
        if (settings.reproducible().equals(TrainingSettings.ANY_DEVICES)) {
            rows.put("same bits on", "any number of devices up to " + TrainingSettings.ORDERED_PORTIONS);
        }
        if (settings.basePrecision().equals(TrainingSettings.NF4)) {
            rows.put("base model while it trained", "4 bits (NF4); the exported weights are the original ones");
        }
        rows.put("seed", settings.seed());
    }

    private static String activation(AdapterConfig config) {
        if (config.schedule().equals(AnnealingSchedule.none())) {
            return "none: a plain LoRA";
        }
        return "%s, beta %s from %s to %s of the steps"
                .formatted(
                        config.activation().wireName(),
                        config.schedule().shape().wireName(),
                        config.schedule().start(),
                        config.schedule().end());
    }

    private void curves() {
        line("");
        line("## Curves");
        line("");
        if (curve.isEmpty()) {
            line("No step of this training is on record.");
            return;
        }
        line("![Loss and beta over the steps](" + CHART + ")");
        Map<String, @Nullable Object> rows = new LinkedHashMap<>();
        rows.put("step", curve.get(curve.size() - 1).step());
        known(Point::loss).reduce((first, second) -> second).ifPresent(loss -> rows.put("training loss", loss));
        known(Point::validationLoss)
                .reduce((first, second) -> second)
                .ifPresent(loss -> rows.put("last validation loss", loss));
        known(Point::validationLoss)
                .min(Double::compare)
                .ifPresent(lowest ->
                        rows.put("lowest validation loss", "%s at step %d".formatted(lowest, stepOf(lowest))));
        table("Metrics", rows);
    }

    private Stream<Double> known(Function<Point, @Nullable Double> value) {
        return curve.stream().flatMap(point -> Stream.ofNullable(value.apply(point)));
    }

    private int stepOf(Double validationLoss) {
        return curve.stream()
                .filter(point -> validationLoss.equals(point.validationLoss()))
                .findFirst()
                .orElseThrow()
                .step();
    }

    private void table(String title, Map<String, @Nullable Object> rows) {
        line("");
        line("## " + title);
        line("");
        line("| | |");
        line("|---|---|");
        rows.forEach((key, value) -> line("| %s | %s |".formatted(key, shown(value))));
    }

    private static String shown(@Nullable Object value) {
        String text = value instanceof Double number ? PythonFloat.json(number) : String.valueOf(value);
        return text.replace("|", "\\|");
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
