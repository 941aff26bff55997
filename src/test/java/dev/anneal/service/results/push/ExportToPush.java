package dev.anneal.service.results.push;

import dev.anneal.protocol.Progress;
import dev.anneal.service.models.hub.ContentHash;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Files of an export as a worker has made them. */
final class ExportToPush {

    static final String WEIGHTS = "model.safetensors";

    private ExportToPush() {}

    static Map<String, byte[]> files() {
        byte[] weights = new byte[250_001];
        new Random(1).nextBytes(weights);
        return new TreeMap<>(Map.of(
                "config.json",
                "{}".getBytes(StandardCharsets.UTF_8),
                "manifest.json",
                "{\"files\": []}".getBytes(StandardCharsets.UTF_8),
                WEIGHTS,
                weights));
    }

    /** Plays a worker's part in the export that waits. */
    static void make(Leases leases, ExportJournal exports, ArtifactStore store, String... key) throws IOException {
        Claim claim = leases.claim(Claimants.of("w", Slot.LIGHT, Set.of("merged"), Set.of()))
                .orElseThrow();
        ArtifactKey folder = new ArtifactKey(String.join("/", key));
        Path local = store.localFolder(folder);
        List<Progress.Exported.File> made = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files().entrySet()) {
            Files.write(local.resolve(file.getKey()), file.getValue());
            made.add(new Progress.Exported.File(
                    file.getKey(), file.getValue().length, ContentHash.sha256(file.getValue())));
        }
        store.publish(folder);
        leases.succeed(
                claim.lease(),
                () -> exports.completed(claim.lease().workId(), new Progress.Exported("{}", made), folder.value()));
    }
}
