package dev.anneal.service.results.push;

import dev.anneal.service.models.hub.HubNames;
import dev.anneal.service.platform.outbound.OutboundContent;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import java.io.IOException;
import java.io.InputStream;

/** A file of an export in the artifact store. */
record ExportedFile(ArtifactStore store, ArtifactKey key, Export.File file) {

    private static final String CONTENT_TYPE = "application/octet-stream";

    String name() {
        return file.name();
    }

    long bytes() {
        return file.bytes();
    }

    String sha256() {
        return file.sha256();
    }

    /** Git's id of its content, which is read into memory as a whole. */
    String gitHash() throws IOException {
        return HubNames.gitHash(start((int) bytes()));
    }

    /** The first {@code most} bytes, or all if it is shorter. */
    byte[] start(int most) throws IOException {
        try (InputStream content = store.open(key, 0)) {
            return content.readNBytes(most);
        }
    }

    OutboundContent content() {
        return content(0, file.bytes());
    }

    /** The bytes from {@code offset} on, read from the store as they are sent. */
    OutboundContent content(long offset, long length) {
        return new OutboundContent(CONTENT_TYPE, length, () -> new BoundedStream(store.open(key, offset), key, length));
    }
}
