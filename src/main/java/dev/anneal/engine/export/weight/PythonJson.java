package dev.anneal.engine.export.weight;

import dev.anneal.engine.text.template.PythonFloat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Writes JSON like Python's {@code json.dumps(value, indent=2)}, the format of PEFT's and transformers' configurations.
 */
public final class PythonJson {

    private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");
    private static final ObjectWriter WRITER = JsonMapper.builder(JsonFactory.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
                    .build())
            .addModule(new SimpleModule().addSerializer(new Reals()))
            .build()
            .writer()
            .with(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                            .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                            .withObjectEmptySeparator("")
                            .withArrayEmptySeparator(""))
                    .withObjectIndenter(INDENTER)
                    .withArrayIndenter(INDENTER));

    private PythonJson() {}

    /**
     * @param value nested maps, lists, strings, numbers, booleans and nulls; maps keep their order
     */
    public static String indented(@Nullable Object value) {
        // Python escapes DEL, which Jackson writes unescaped.
        return WRITER.writeValueAsString(value).replace("\u007f", "\\u007f");
    }

    /** Prints doubles as Python does. */
    private static final class Reals extends StdSerializer<Double> {
        Reals() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator json, SerializationContext context) {
            json.writeRawValue(PythonFloat.json(value));
        }
    }
}
