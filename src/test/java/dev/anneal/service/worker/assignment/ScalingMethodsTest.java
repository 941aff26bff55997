package dev.anneal.service.worker.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.queue.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The chart has KEDA make pods for the methods that workers know, and for no others. */
class ScalingMethodsTest {

    private static final Pattern METHODS = Pattern.compile("define \"anneal.methods\" -}}\n(.*)\n");

    @Test
    void chartCountsTheMethodsThatWorkersKnow() throws IOException {
        String chart = Files.readString(Path.of("helm", "anneal", "templates", "_keda.tpl"));
        List<String> known = Arrays.stream(Slot.values())
                .flatMap(slot -> ClaimedAssignments.known(slot).stream())
                .toList();

        String counted =
                METHODS.matcher(chart).results().findFirst().orElseThrow().group(1);

        assertThat(counted.split(",")).containsExactlyInAnyOrderElementsOf(known);
    }
}
