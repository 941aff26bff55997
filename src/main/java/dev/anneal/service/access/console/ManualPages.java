package dev.anneal.service.access.console;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Document;
import org.commonmark.node.Heading;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.AttributeProvider;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.TextContentRenderer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.web.util.HtmlUtils;

/**
 * The project's documents, which the build puts into the program, as HTML. Headings have the anchors that they have on
 * GitHub, and names in the first column of a table, such as error codes and settings, have anchors as well. Links to
 * files that are not documents are plain text.
 */
final class ManualPages {

    private static final String FOLDER = "/manual/";
    private static final List<Extension> EXTENSIONS =
            List.of(TablesExtension.create(), HeadingAnchorExtension.create());
    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
    private static final HtmlRenderer RENDERER = HtmlRenderer.builder()
            .extensions(EXTENSIONS)
            .attributeProviderFactory(context -> new PageAttributes())
            .build();
    private static final TextContentRenderer TEXT =
            TextContentRenderer.builder().extensions(EXTENSIONS).build();

    private final Map<String, Resource> files;
    private final String frame;

    /** As many as there are documents, whatever clients ask for. */
    private final Map<String, String> pages = new ConcurrentHashMap<>();

    private ManualPages(Map<String, Resource> files, String frame) {
        this.files = files;
        this.frame = frame;
    }

    /** Reads the names of all documents and pictures. */
    static ManualPages read() throws IOException {
        PathMatchingResourcePatternResolver resources = new PathMatchingResourcePatternResolver();
        Map<String, Resource> files = new HashMap<>();
        for (Resource file : resources.getResources("classpath*:" + FOLDER + "**/*.*")) {
            files.put(pathOf(file), file);
        }
        String frame =
                resources.getResource("classpath:/console/manual.html").getContentAsString(StandardCharsets.UTF_8);
        return new ManualPages(files, frame);
    }

    /** Paths of all documents and pictures, as in the repository. */
    Set<String> paths() {
        return files.keySet();
    }

    /** The path of a document or picture in the repository. */
    static String pathOf(Resource file) throws IOException {
        String address = file.getURL().toString();
        return address.substring(address.lastIndexOf(FOLDER) + FOLDER.length());
    }

    /** A document as a page of HTML, with the console's frame around it; null if there is none. */
    @Nullable
    String page(String path) throws IOException {
        String page = pages.get(path);
        Resource file = files.get(path);
        if (page == null && file != null) {
            page = rendered(path, file);
            pages.put(path, page);
        }
        return page;
    }

    private String rendered(String path, Resource file) throws IOException {
        Node document = PARSER.parse(file.getContentAsString(StandardCharsets.UTF_8));
        document.accept(new PlainWhereMissing(path));
        String root = "../".repeat((int) path.chars().filter(c -> c == '/').count() + 1);
        return frame.replace("{root}", root)
                .replace("{title}", HtmlUtils.htmlEscape(titleOf(document)))
                .replace("{body}", RENDERER.render(document));
    }

    private static String titleOf(Node document) {
        for (Node node = document.getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading) {
                return TEXT.render(node);
            }
        }
        return "Anneal";
    }

    /** Puts the text of a link in its place if it leads to a file of the repository that is not here. */
    private final class PlainWhereMissing extends AbstractVisitor {

        private final URI page;
        private final List<Link> missing = new ArrayList<>();

        PlainWhereMissing(String path) {
            page = URI.create(path);
        }

        @Override
        public void visit(Document document) {
            visitChildren(document);
            missing.forEach(PlainWhereMissing::unlink);
        }

        @Override
        public void visit(Link link) {
            String destination = link.getDestination();
            if (!destination.startsWith("#") && !destination.contains(":") && !isHere(destination)) {
                missing.add(link);
            }
        }

        private boolean isHere(String destination) {
            return files.containsKey(page.resolve(destination).normalize().getPath());
        }

        private static void unlink(Link link) {
            for (@Nullable Node child = link.getFirstChild(); child != null; child = link.getFirstChild()) {
                link.insertBefore(child);
            }
            link.unlink();
        }
    }

    /**
     * Gives names in the first cell of a row an anchor, the first of each on a page, and takes the keyboard's focus to
     * what may be wider than the screen.
     */
    private static final class PageAttributes implements AttributeProvider {

        private static final Set<String> WIDE = Set.of("pre", "table");

        private final Set<String> given = new HashSet<>();

        @Override
        public void setAttributes(Node node, String tagName, Map<String, String> attributes) {
            if (WIDE.contains(tagName)) {
                attributes.put("tabindex", "0");
            }
            boolean isName = node instanceof Code
                    && node.getParent() instanceof TableCell cell
                    && !cell.isHeader()
                    && cell.getPrevious() == null;
            if (isName && given.add(((Code) node).getLiteral())) {
                attributes.put("id", ((Code) node).getLiteral());
            }
        }
    }
}
