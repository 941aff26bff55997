package dev.anneal.service.access.console;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The documents of this project as pages: every link leads somewhere, and every page is reached from the first one. */
class ManualPagesTest {

    private static final String FIRST = "docs/README.md";

    private static final Pattern LINK = Pattern.compile("<a href=\"([^\"]*)\"");

    private static final Pattern PICTURE = Pattern.compile("<img src=\"([^\"]*)\"");

    /** A link in Markdown, as its author wrote it. */
    private static final Pattern WRITTEN = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    private static final Map<String, String> PAGES = new HashMap<>();

    private static ManualPages manual;

    @BeforeAll
    static void render() throws IOException {
        manual = ManualPages.read();
        for (String path : manual.paths()) {
            if (path.endsWith(".md")) {
                PAGES.put(path, requireNonNull(manual.page(path)));
            }
        }
        assertThat(PAGES)
                .containsKeys(FIRST, "README.md", "docs/guides/supervised.md", "docs/adr/0001-torchscript-programs.md");
    }

    @Test
    void everyLinkLeadsToAPageAndItsAnchor() {
        List<String> broken = new ArrayList<>();
        PAGES.forEach((path, html) -> {
            for (URI link : links(path, html, LINK)) {
                String target = link.getPath();
                boolean isHere = manual.paths().contains(target);
                String anchor = link.getFragment();
                if (!isHere || (anchor != null && !page(target).contains("id=\"" + anchor + "\""))) {
                    broken.add(path + " -> " + link);
                }
            }
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void everyPictureIsHere() {
        PAGES.forEach((path, html) -> links(path, html, PICTURE)
                .forEach(picture -> assertThat(manual.paths()).as(path).contains(picture.getPath())));
    }

    @Test
    void linksThatBecomeTextLeadToFilesOfTheRepository() throws IOException {
        List<String> broken = new ArrayList<>();
        for (String path : PAGES.keySet()) {
            Matcher written = WRITTEN.matcher(Files.readString(Path.of(path)));
            while (written.find()) {
                String destination = written.group(1).replaceFirst("#.*", "");
                boolean isOurs = !destination.isEmpty() && !destination.contains(":");
                if (isOurs && !Files.exists(Path.of(path).resolveSibling(destination))) {
                    broken.add(path + " -> " + destination);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyPageIsReachedFromTheFirst() {
        Set<String> reached = new TreeSet<>(Set.of(FIRST));
        Deque<String> next = new ArrayDeque<>(reached);
        while (!next.isEmpty()) {
            String path = next.remove();
            for (URI link : links(path, page(path), LINK)) {
                if (PAGES.containsKey(link.getPath()) && reached.add(link.getPath())) {
                    next.add(link.getPath());
                }
            }
        }
        assertThat(reached).containsExactlyInAnyOrderElementsOf(new TreeSet<>(PAGES.keySet()));
    }

    @Test
    void namesInTheFirstColumnAreAnchors() {
        assertThat(PAGES.get("docs/errors.md"))
                .contains("<code id=\"model_not_available\">", "<code id=\"engine_killed\">");
        assertThat(PAGES.get("docs/settings.md")).contains("<code id=\"anneal.queue.lease\">");
    }

    @Test
    void framesFindTheConsolesFilesFromEveryDepth() {
        assertThat(PAGES.get("README.md")).contains("href=\"../console/console.css\"");
        assertThat(PAGES.get("docs/guides/s3.md"))
                .contains("href=\"../../../console/console.css\"", "<title>Guide: artifacts in S3 · Anneal</title>");
    }

    private static String page(String path) {
        return PAGES.getOrDefault(path, "");
    }

    /** Links to this project's files, as paths in it. */
    private static List<URI> links(String path, String html, Pattern pattern) {
        URI page = URI.create(path);
        return pattern.matcher(html.substring(html.indexOf("<main")))
                .results()
                .map(found -> found.group(1))
                .filter(destination -> !destination.contains(":"))
                .map(destination -> destination.startsWith("#")
                        ? URI.create(path + destination)
                        : page.resolve(destination).normalize())
                .toList();
    }
}
