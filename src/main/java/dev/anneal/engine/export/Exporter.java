package dev.anneal.engine.export;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Makes deployable weights from a checkpoint: refuses what would not be the trained model, proves the rest, and publishes it whole. */
public final class Exporter {

    private static final String MANIFEST = "manifest.json";

    private final BaseModel base;
    private final Trained trained;

    public Exporter(BaseModel base, Trained trained) {
        this.base = base;
        this.trained = trained;
    }

    /**
     * Writes an export. On any failure nothing is left of it; if it is stopped, what is whole stays beside its place for the next attempt.
     *
     * @param output folder that does not exist yet
     * @throws ExportException if the export is refused or its proof fails
     */
    public Export export(ExportRequest request, Path output) throws IOException {
        requireSameBase();
        Kind kind = trained.kind(request, base);
        if (kind.needsAnnealedAdapter() && trained.beta() != 0.0) {
            throw new ExportException(ExportException.Code.ADAPTER_NOT_ANNEALED, notAnnealed());
        }
        try (StagedDirectory staged = StagedDirectory.beside(output)) {
            try {
                return export(request, kind, staged, output);
            } catch (CancellationException stopped) {
                staged.keep();
                throw stopped;
            }
        }
    }

    private Export export(ExportRequest request, Kind kind, StagedDirectory staged, Path output) throws IOException {
        Parts parts = new Parts(staged, inputs(request), request);
        Map<String, @Nullable Object> proof = kind.write(staged.path(), parts);
        writeCard(request, kind, proof, staged.path());
        List<Export.File> files = hash(staged.files(), parts);
        Map<String, @Nullable Object> manifest = new Manifest(base, trained).of(request, kind, proof, files);
        Files.writeString(staged.path().resolve(MANIFEST), PythonJson.indented(manifest) + "\n");
        staged.publish();
        List<Export.File> all = new ArrayList<>(files);
        Path published = output.resolve(MANIFEST);
        all.add(fileOf(published, Sha256.of(published)));
        return new Export(proof, all);
    }

    private String inputs(ExportRequest request) throws IOException {
        return String.join(
                "\n",
                request.kind(),
                request.dtype(),
                base.fingerprint(),
                Sha256.of(trained.weights(), request.betweenTensors()),
                String.valueOf(trained.adapterConfig()));
    }

    private void writeCard(ExportRequest request, Kind kind, Map<String, @Nullable Object> proof, Path folder)
            throws IOException {
        Optional<String> chart = ModelCard.chart(trained, request.training());
        if (chart.isPresent()) {
            Files.writeString(folder.resolve(ModelCard.CHART), chart.get());
        }
        Files.writeString(
                folder.resolve(ModelCard.FILE),
                ModelCard.of(kind.wireName(), base, trained, request.training(), proof));
    }

    private void requireSameBase() {
        if (!base.fingerprint().equals(trained.baseFingerprint())) {
            throw new ExportException(
                    ExportException.Code.BASE_MODEL_CHANGED,
                    "the checkpoint was trained on a base model with the fingerprint %s, but %s now has %s"
                            .formatted(trained.baseFingerprint(), base.id(), base.fingerprint()));
        }
    }

    private String notAnnealed() {
        AnnealingSchedule schedule = Objects.requireNonNull(trained.adapterConfig(), "only an adapter is annealed")
                .schedule();
        int annealed = trained.step();
        while (schedule.betaAt(annealed, trained.totalSteps()) != 0) {
            annealed++;
        }
        return "beta is %s after step %d; it becomes 0 at step %d of %d, and only then is the adapter a LoRA"
                .formatted(trained.beta(), trained.step(), annealed, trained.totalSteps());
    }

    private static List<Export.File> hash(List<Path> paths, Parts parts) throws IOException {
        List<Export.File> files = new ArrayList<>();
        for (Path path : paths) {
            files.add(fileOf(path, parts.sha256(path)));
        }
        return files;
    }

    private static Export.File fileOf(Path path, String sha256) throws IOException {
        return new Export.File(String.valueOf(path.getFileName()), Files.size(path), sha256);
    }
}
