package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The large files of an export, some of which an interrupted attempt may have left. A complete file made from the same
 * inputs in the same way is reused, as shown by a receipt, which is written when the file is complete, and by the
 * file's hash. All others are made again.
 */
final class ExportParts {

    /** Incremented when the same inputs give different bytes. */
    private static final int ARITHMETIC = 1;

    private final StagedDirectory staged;
    private final String inputs;
    private final ExportInputs request;

    /** Hashes of complete parts, by name. */
    private final Map<String, String> hashes = new HashMap<>();

    /**
     * @param inputs everything that determines the files' bytes except the parts' own content descriptions
     */
    ExportParts(StagedDirectory staged, String inputs, ExportInputs request) {
        this.staged = staged;
        this.inputs = inputs;
        this.request = request;
    }

    /**
     * A file to create.
     *
     * @param content description of its specific content
     */
    record Part(String name, String content) {}

    /**
     * Record of a complete file.
     *
     * @param inputs hash of its inputs
     * @param account changes of its tensors
     */
    record Receipt(String inputs, long bytes, String sha256, WeightRows.Account account) {

        Receipt {
            Objects.requireNonNull(inputs);
            Objects.requireNonNull(sha256);
            Objects.requireNonNull(account);
        }
    }

    /**
     * Keeps complete parts and removes all other files of an earlier attempt. Called once, before anything is written.
     */
    Map<String, Receipt> keep(List<Part> parts) throws IOException {
        Map<String, Receipt> kept = new LinkedHashMap<>();
        if (staged.isContinued()) {
            for (Part part : parts) {
                whole(part).ifPresent(receipt -> kept.put(part.name(), receipt));
            }
            kept.forEach((name, receipt) -> hashes.put(name, receipt.sha256()));
            staged.retain(kept.keySet());
            if (!parts.isEmpty()) {
                request.progress().accept(new Progress.PartsKept(kept.size(), parts.size()));
            }
        }
        return kept;
    }

    private Optional<Receipt> whole(Part part) throws IOException {
        Path file = staged.path().resolve(part.name());
        try {
            Receipt receipt =
                    JsonMapper.shared().readValue(Files.readAllBytes(staged.receipt(part.name())), Receipt.class);
            return receipt.inputs().equals(hash(part))
                            && receipt.bytes() == Files.size(file)
                            && receipt.sha256().equals(Sha256.of(file, request.betweenTensors()))
                    ? Optional.of(receipt)
                    : Optional.empty();
        } catch (NoSuchFileException | JacksonException unusable) {
            return Optional.empty();
        }
    }

    /** Records that a part is complete, so that another attempt can reuse it. */
    void made(Part part, WeightRows.Account account) throws IOException {
        Path file = staged.path().resolve(part.name());
        Receipt receipt = new Receipt(hash(part), Files.size(file), Sha256.of(file, request.betweenTensors()), account);
        Files.write(staged.receipt(part.name()), JsonMapper.shared().writeValueAsBytes(receipt));
        hashes.put(part.name(), receipt.sha256());
    }

    /** Hash of a file of the export, without reading parts again. */
    String sha256(Path file) throws IOException {
        String known = hashes.get(String.valueOf(file.getFileName()));
        return known == null ? Sha256.of(file, request.betweenTensors()) : known;
    }

    private String hash(Part part) {
        return Sha256.ofText(ARITHMETIC + "\n" + inputs + "\n" + part.content());
    }
}
