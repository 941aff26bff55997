package dev.anneal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.meter.MeterNames;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of metrics in the documents list every meter of the service, and no other. */
class DocumentedMetricsTest {

    private static final List<String> DOCUMENTS = List.of("docs/metrics.md", "docs/inference.md");

    private static final Pattern ROW = Pattern.compile("^\\| ((`anneal_[a-z_]+`(, )?)+)", Pattern.MULTILINE);

    private static final Pattern NAME = Pattern.compile("`(anneal_[a-z_]+)`");

    /** What Prometheus' naming conventions add to a meter's name. */
    private static final Pattern SUFFIX = Pattern.compile("(_seconds|_bytes|_total)+$");

    @Test
    void tablesListEveryMeter() throws Exception {
        Set<String> declared = new TreeSet<>();
        for (Field field : MeterNames.class.getFields()) {
            declared.add(stem(String.valueOf(field.get(null)).replace('.', '_')));
        }
        assertThat(documented()).containsExactlyInAnyOrderElementsOf(declared);
    }

    private static Set<String> documented() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String document : DOCUMENTS) {
            ROW.matcher(Files.readString(Path.of(document)))
                    .results()
                    .flatMap(row -> NAME.matcher(row.group(1)).results())
                    .forEach(name -> names.add(stem(name.group(1))));
        }
        return names;
    }

    private static String stem(String name) {
        return SUFFIX.matcher(name).replaceFirst("");
    }
}
