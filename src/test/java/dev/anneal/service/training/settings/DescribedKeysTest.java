package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.access.quota.Quota;
import dev.anneal.service.access.web.ApiDescription;
import dev.anneal.service.operations.retention.Retention;
import dev.anneal.service.platform.request.KeyTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The keys that records declare are alike in the description of the API, on the pages and in the form. */
class DescribedKeysTest {

    private static final String DRAFT = "SpeculativeDraft/properties/";

    private static final Pattern RANGE = Pattern.compile("([\\[(])(\\S+), (\\S*)([])])");

    /** Keys whose default is the value of another, or is described in words. */
    private static final Set<String> DEFAULTS_IN_WORDS = Set.of("clip_high", "top_k", "top_p", "min_p");

    /**
     * An object of a request.
     *
     * @param schema its path below the schemas of the description
     * @param others keys that no record declares
     */
    private record Described(String schema, List<KeyTable.Key> keys, List<String> others) {

        @SafeVarargs
        static Described of(String schema, List<String> others, Class<? extends Record>... records) {
            List<KeyTable.Key> keys = new ArrayList<>();
            for (Class<? extends Record> type : records) {
                keys.addAll(KeyTable.of(type).keys());
            }
            return new Described(schema, keys, others);
        }

        @Override
        public String toString() {
            return schema;
        }
    }

    private static List<Described> settings() {
        return List.of(
                Described.of("Hyperparameters", List.of(), Hyperparameters.class),
                Described.of(
                        "PreferenceHyperparameters",
                        List.of(),
                        Hyperparameters.class,
                        PreferenceMethod.PreferenceHyperparameters.class),
                Described.of(
                        "ReinforcementHyperparameters",
                        List.of(),
                        Hyperparameters.class,
                        ReinforcementMethod.ReinforcementHyperparameters.class),
                Described.of(
                        "AnnealRequest",
                        List.of("adapter", "init_adapter", "draft", "loss", "rollouts"),
                        TrainingOptions.class),
                Described.of("Loss", List.of(), PreferenceMethod.Loss.class, TrainingMethod.Policy.class),
                Described.of("Rollouts", List.of(), TrainingMethod.Rollouts.class),
                Described.of("AfaLoraRequest", List.of("dora", "schedule"), AdapterRequest.class),
                Described.of("AfaLoraRequest/properties/schedule", List.of(), AdapterSettings.Schedule.class),
                Described.of(
                        "SpeculativeDraft",
                        List.of("kind", "draft_model", "evaluation", "regenerate", "head", "hyperparameters"),
                        DraftMethod.DraftSettings.class),
                Described.of(DRAFT + "evaluation", List.of(), TrainingMethod.AcceptanceEvaluation.class),
                Described.of(DRAFT + "regenerate", List.of(), TrainingMethod.Regeneration.class),
                Described.of("EagleHead", List.of(), HeadRequest.class, EagleHeads.TrainingTimeTest.class),
                Described.of("EagleHead", List.of(), TrainingMethod.EagleHead.class));
    }

    private static List<Described> all() {
        List<Described> all = new ArrayList<>(settings());
        all.add(Described.of("QuotaLimits", List.of(), Quota.class));
        all.add(Described.of("RetentionDays", List.of(), Retention.class));
        return all;
    }

    @ParameterizedTest
    @MethodSource("all")
    void theDescriptionHasTheKeys(Described object) {
        Set<String> names = new TreeSet<>(object.others);
        object.keys.forEach(key -> names.add(key.name()));

        assertThat(ApiDescription.schema(object.schema).get("properties").propertyNames())
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theDescriptionHasTheirRangesChoicesAndDefaults(Described object) {
        for (KeyTable.Key key : object.keys) {
            JsonNode schema = value(ApiDescription.schema(object.schema + "/properties/" + key.name()));
            Matcher range = RANGE.matcher(key.setting().range());
            if (range.matches()) {
                JsonNode numbers = schema.path("items").isMissingNode() ? schema : schema.get("items");
                assertBound(key, numbers, range.group(1).equals("(") ? "exclusiveMinimum" : "minimum", range.group(2));
                assertBound(key, numbers, range.group(4).equals(")") ? "exclusiveMaximum" : "maximum", range.group(3));
            }
            List<String> choices = schema.path("enum")
                    .valueStream()
                    .map(choice -> choice.asString())
                    .toList();
            if (key.name().equals("type")) {
                assertThat(choices).containsAll(key.choices());
            } else {
                assertThat(choices).as(key.name()).containsExactlyElementsOf(key.choices());
                assertDefault(key, schema);
            }
        }
    }

    private static void assertBound(KeyTable.Key key, JsonNode schema, String name, String bound) {
        if (bound.isEmpty()) {
            assertThat(schema.has(name)).as(key + " " + name).isFalse();
        } else {
            assertThat(schema.path(name).asDouble(Double.NaN))
                    .as(key + " " + name)
                    .isEqualTo(Double.parseDouble(bound));
        }
    }

    private static void assertDefault(KeyTable.Key key, JsonNode schema) {
        String declared = key.setting().byDefault();
        boolean isElsewhere = key.setting().auto() || DEFAULTS_IN_WORDS.contains(key.name());
        if (declared.isEmpty() || isElsewhere || key.choices().size() == 1) {
            return;
        }
        JsonNode described = schema.path("default");
        if (described.isNumber()) {
            assertThat(described.doubleValue()).as(key.name()).isEqualTo(Double.parseDouble(declared));
        } else {
            assertThat(described.asString("")).as(key.name()).isEqualTo(declared);
        }
    }

    /** The schema of the values other than {@code auto}. */
    private static JsonNode value(JsonNode schema) {
        return schema.path("oneOf")
                .valueStream()
                .filter(each -> !each.path("const").asString("").equals("auto"))
                .findFirst()
                .orElse(schema);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aPageHasARowForEachSetting(Described object) throws IOException {
        List<String> rows = rows();
        for (KeyTable.Key key : object.keys) {
            Pattern name = Pattern.compile("[`.]" + key.name() + "`");
            assertThat(rows).as(key + " with its choices and its default").anySatisfy(row -> {
                String[] cells = row.split(" \\| ", 3);
                assertThat(cells[0]).containsPattern(name);
                for (String choice : key.choices()) {
                    assertThat(row).contains("`" + choice + "`");
                }
                if (!DEFAULTS_IN_WORDS.contains(key.name())) {
                    assertThat(cells[2]).contains(key.setting().byDefault());
                }
            });
        }
    }

    private static List<String> rows() throws IOException {
        List<String> rows = new ArrayList<>();
        for (String page : List.of("training-settings", "reinforcement", "drafts")) {
            Files.readAllLines(Path.of("docs", page + ".md")).stream()
                    .filter(line -> line.startsWith("| `"))
                    .filter(line -> line.split(" \\| ", -1).length >= 3)
                    .forEach(rows::add);
        }
        return rows;
    }

    /** The objects that the console's form fills, by their paths in the request. */
    private static Stream<Map.Entry<String, Described>> formed() {
        List<Described> all = settings();
        return Map.of(
                "hyper", all.get(0),
                "method.dpo.hyperparameters", all.get(1),
                "anneal", all.get(3),
                "anneal.loss", all.get(4),
                "anneal.rollouts", all.get(5),
                "afa_lora", all.get(6),
                "afa_lora.schedule", all.get(7))
                .entrySet()
                .stream();
    }

    /** A field without its own limits takes those of the service, which refuses other values by name. */
    @ParameterizedTest
    @MethodSource("formed")
    void theFormOffersWhatIsDeclared(Map.Entry<String, Described> object) throws IOException {
        String form = Files.readString(Path.of("src/main/resources/console/lib/job-fields.js"));
        for (KeyTable.Key key : object.getValue().keys()) {
            String path = object.getKey().equals("hyper")
                    ? "hyper(\"%s\")".formatted(key.name())
                    : "\"%s.%s\"".formatted(object.getKey(), key.name());
            form.lines()
                    .filter(line -> line.startsWith("  {path: " + path + ","))
                    .filter(line -> !key.name().equals("type")
                            || line.contains(key.setting().byDefault()))
                    .forEach(line -> assertOffers(line, key));
        }
    }

    private static void assertOffers(String field, KeyTable.Key key) {
        Matcher range = RANGE.matcher(key.setting().range());
        if (range.matches()) {
            assertThat(number(field, "min")).as(field).isIn(Double.NaN, Double.parseDouble(range.group(2)));
            String most = range.group(3);
            assertThat(number(field, "max"))
                    .as(field)
                    .matches(max -> Double.isNaN(max) || (!most.isEmpty() && max <= Double.parseDouble(most)));
        }
        Matcher options = Pattern.compile("options: \\[\"(.*?)\"]").matcher(field);
        if (options.find() && !key.choices().isEmpty()) {
            assertThat(key.choices()).contains(options.group(1).split("\", \"", -1));
        }
        Matcher value = Pattern.compile("auto: \"([0-9.]+)\"").matcher(field);
        if (value.find() && !key.setting().byDefault().isEmpty()) {
            assertThat(value.group(1)).as(field).isEqualTo(key.setting().byDefault());
        }
    }

    private static double number(String field, String name) {
        Matcher found = Pattern.compile(name + ": ([0-9.]+)").matcher(field);
        return found.find() ? Double.parseDouble(found.group(1)) : Double.NaN;
    }
}
