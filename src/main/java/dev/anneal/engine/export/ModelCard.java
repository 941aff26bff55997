package dev.anneal.engine.export;

import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.text.template.PythonFloat;
import dev.anneal.protocol.TrainingRecord;
import dev.anneal.protocol.TrainingRecord.Point;
import dev.anneal.protocol.TrainingSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code ANNEAL.md}: what a reader of the folder wants to know, in Markdown. The same export gives the same bytes: it holds no time of day. */
final class ModelCard {

    static final String FILE = "ANNEAL.md";
    static final String CHART = "ANNEAL.svg";

    private final BaseModel base;
    private final Trained trained;
    private final TrainingRecord training;
    private final List<Point> curve;
    private final StringBuilder text = new StringBuilder();

    private ModelCard(BaseModel base, Trained trained, TrainingRecord training) {
        this.base = base;
        this.trained = trained;
        this.training = training;
        this.curve = training.curve().stream()
                .filter(point -> point.step() <= trained.step())
                .toList();
    }

    /** The chart of a training's curves, or nothing if no step of it is known. */
    static Optional<String> chart(Trained trained, TrainingRecord training) {
        return CurveChart.of(training.curve().stream()
                .filter(point -> point.step() <= trained.step())
                .toList());
    }

    /**
     * Writes a card.
     *
     * @param kind of the export
     * @param proof as the manifest shows it
     */
    static String of(
            String kind,
            BaseModel base,
            Trained trained,
            TrainingRecord training,
            Map<String, @Nullable Object> proof) {
        ModelCard card = new ModelCard(base, trained, training);
        card.head(kind);
        card.origin();
        card.settings();
        card.curves();
        card.table("Proof", proof);
        return card.text.toString();
    }

    private void head(String kind) {
        line("# " + training.model());
        line("");
        line(
                "Export of kind `%s` of %s, made by Anneal. `manifest.json` holds the sha256 of every file, this one among them."
                        .formatted(
                                kind,
                                training.jobId() == null
                                        ? "an adapter that was trained elsewhere"
                                        : "job `" + training.jobId() + "`"));
    }

    private void origin() {
        CardRows rows = new CardRows()
                .with(
                        "base model",
                        "`" + base.id() + "`" + (base.revision() == null ? "" : " at `" + base.revision() + "`"))
                .with("sha256 of its configuration and weights", "`" + base.fingerprint() + "`");
        if (training.initialAdapter() != null) {
            rows.with(
                    training.jobId() == null ? "adapter" : "began with the adapter",
                    adapter(training.initialAdapter()));
        }
        if (training.trainingData() != null) {
            rows.with("training data", file(training.trainingData()))
                    .with(
                            "validation data",
                            training.validationData() == null ? "none" : file(training.validationData()))
                    .with("sha256 of the training rows as tokens and labels", "`" + trained.dataFingerprint() + "`")
                    .with("checkpoint", "step %d of %d".formatted(trained.step(), trained.totalSteps()));
        }
        rows.with("beta", trained.beta());
        table("Origin", rows.rows());
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

    private void settings() {
        CardRows rows = trainedRows();
        if (trained.settings() != null) {
            add(rows, trained.settings());
        }
        table("Settings", rows.rows());
    }

    private static void add(CardRows rows, TrainingSettings settings) {
        TrainingSettings.Optimizer optimizer = settings.optimizer();
        rows.with("method", settings.method().wireName());
        settings.method().described().forEach(own -> rows.with(own.getKey(), own.getValue()));
        rows.with("epochs", settings.epochs())
                .with(settings.packing() ? "packed sequences of a step" : "rows of a step", settings.batchRows())
                .with("longest row, tokens", settings.maxLengthTokens())
                .with("learning rate", optimizer.learningRate())
                .with("learning rate schedule", optimizer.schedule())
                .with("warm-up steps", optimizer.warmupSteps())
                .with("learning rate of B over that of A", optimizer.loraPlusRatio())
                .with("weight decay", optimizer.weightDecay())
                .with("largest gradient norm", optimizer.maxGradientNorm())
                .with("seed", settings.seed());
    }

    private CardRows trainedRows() {
        @Nullable AdapterConfig config = trained.adapterConfig();
        if (config == null) {
            return new CardRows().with("trained", "all weights, no adapter");
        }
        return new CardRows()
                .with("rank", config.rank())
                .with("alpha", config.alpha())
                .with("rslora", config.rslora())
                .with("dropout", config.dropout())
                .with("annealed activation", activation(config))
                .with(
                        "target modules",
                        config.targets().stream().map(Projection::shortName).collect(Collectors.joining(", ")));
    }

    private static String activation(AdapterConfig config) {
        if (config.schedule().equals(AnnealingSchedule.none())) {
            return "none: a plain LoRA";
        }
        return "%s, beta %s from %s to %s of the steps"
                .formatted(
                        config.activation().text(),
                        config.schedule().shape().text(),
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
        CardRows rows = new CardRows().with("step", curve.get(curve.size() - 1).step());
        last(curve.stream().map(Point::loss).toList()).ifPresent(loss -> rows.with("training loss", loss));
        last(curve.stream().map(Point::validationLoss).toList())
                .ifPresent(loss -> rows.with("last validation loss", loss));
        curve.stream()
                .filter(point -> point.validationLoss() != null)
                .min(Comparator.comparing(
                        point -> Optional.ofNullable(point.validationLoss()).orElseThrow()))
                .ifPresent(point -> rows.with(
                        "lowest validation loss", "%s at step %d".formatted(point.validationLoss(), point.step())));
        table("Metrics", rows.rows());
    }

    private static Optional<Double> last(List<@Nullable Double> values) {
        @Nullable Double last = null;
        for (@Nullable Double value : values) {
            last = value == null ? last : value;
        }
        return Optional.ofNullable(last);
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
