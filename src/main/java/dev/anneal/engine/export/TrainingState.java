package dev.anneal.engine.export;

import dev.anneal.engine.format.file.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The whole checkpoint, to go on training with. Before beta is 0 its adapter is no LoRA and must not be served as one. */
final class TrainingState implements Kind {

    private final Path checkpoint;
    private final double beta;

    TrainingState(Path checkpoint, double beta) {
        this.checkpoint = checkpoint;
        this.beta = beta;
    }

    @Override
    public String wireName() {
        return "training_state";
    }

    @Override
    public boolean needsAnnealedAdapter() {
        return false;
    }

    @Override
    public Map<String, @Nullable Object> write(Path folder, Parts parts) throws IOException {
        parts.keep(List.of());
        List<Path> files;
        try (Stream<Path> children = Files.list(checkpoint)) {
            files = children.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            DurableFiles.copyContent(file, folder.resolve(String.valueOf(file.getFileName())));
        }
        Map<String, @Nullable Object> proof = new LinkedHashMap<>();
        proof.put("beta", beta);
        proof.put("non_equivalent", beta != 0);
        return proof;
    }
}
