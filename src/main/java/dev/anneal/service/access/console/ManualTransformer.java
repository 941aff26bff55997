package dev.anneal.service.access.console;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.web.servlet.resource.ResourceTransformer;
import org.springframework.web.servlet.resource.ResourceTransformerChain;
import org.springframework.web.servlet.resource.TransformedResource;

/** Makes pages of the documents that are served, and leaves their pictures as they are. */
final class ManualTransformer implements ResourceTransformer {

    private @Nullable ManualPages pages;

    @Override
    public Resource transform(HttpServletRequest request, Resource file, ResourceTransformerChain chain)
            throws IOException {
        Resource transformed = chain.transform(request, file);
        String name = transformed.getFilename();
        if (name == null || !name.endsWith(".md")) {
            return transformed;
        }
        String page = pages().page(ManualPages.pathOf(transformed));
        return page == null ? transformed : new Page(transformed, page);
    }

    /** Read by the first request: a start does not wait for it. */
    private synchronized ManualPages pages() throws IOException {
        if (pages == null) {
            pages = ManualPages.read();
        }
        return pages;
    }

    /** A document as HTML. */
    private static final class Page extends TransformedResource {

        Page(Resource document, String html) {
            super(document, html.getBytes(StandardCharsets.UTF_8));
        }

        /** The name from which the type of the answer follows. */
        @Override
        public String getFilename() {
            return "page.html";
        }
    }
}
