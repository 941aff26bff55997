package dev.anneal.service.training.admission;

import dev.anneal.engine.grade.Graders;
import dev.anneal.engine.grade.ItemVariable;
import dev.anneal.engine.text.fault.ItemKeys;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.engine.text.spelling.Spelling;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the rows of a file have the keys that a grader's templates use. A completion of a row that lacks one
 * gets no reward.
 */
public final class GraderItems {

    private static final int LISTED_KEYS = 10;

    private GraderItems() {}

    /**
     * @param at path of the grader in the request
     * @throws Refusal if a template uses a key that no row of the file has; files still being checked pass
     */
    public static void require(StoredFile file, Map<String, @Nullable Object> grader, String at) {
        checked(file, grader, at).forEach(asked -> {
            if (!asked.found.exists()) {
                throw new Refusal(RefusalCode.GRADER_INVALID, asked.refusal(file.id()), asked.variable.place());
            }
        });
    }

    /** Warnings about templates that use keys which some rows lack. */
    static List<String> warnings(StoredFile file, Map<String, @Nullable Object> grader, String at) {
        return checked(file, grader, at)
                .filter(asked -> asked.found.rows() < asked.rows)
                .map(asked -> asked.warning(file.id()))
                .toList();
    }

    private static Stream<Asked> checked(StoredFile file, Map<String, @Nullable Object> grader, String at) {
        ItemKeys keys = Optional.ofNullable(file.report())
                .map(ValidationReport::itemKeys)
                .orElse(null);
        return keys == null
                ? Stream.of()
                : Graders.parse(grader, at).itemVariables().stream()
                        .map(variable -> new Asked(variable, keys.find(variable.steps()), keys.rows()));
    }

    /**
     * A key that a template uses, and its occurrences in the rows.
     *
     * @param rows number of rows of the file
     */
    private record Asked(ItemVariable variable, ItemKeys.Found found, long rows) {

        String refusal(String fileId) {
            return "'%s' of the grader '%s' asks for {{%s}}, but none of the %d rows of '%s' has '%s' there%s"
                    .formatted(
                            variable.place(),
                            variable.grader(),
                            variable.text(),
                            rows,
                            fileId,
                            found.missing(),
                            instead());
        }

        private String instead() {
            if (found.present().isEmpty()) {
                return "; the value is neither an object nor an array, or there is nothing in it";
            }
            String keys = String.join(
                    ", ",
                    found.present()
                            .subList(0, Math.min(LISTED_KEYS, found.present().size())));
            String more = found.present().size() > LISTED_KEYS ? ", …" : "";
            String nearest = found.nearest();
            return "; they have %s%s%s"
                    .formatted(keys, more, nearest.isEmpty() ? "" : "." + Spelling.question(nearest));
        }

        String warning(String fileId) {
            return ("%d of %d rows of %s lack what '%s' of the grader '%s' asks for, {{%s}}; their completions"
                            + " get no reward, and a step with such rows alone fails the job")
                    .formatted(rows - found.rows(), rows, fileId, variable.place(), variable.grader(), variable.text());
        }
    }
}
