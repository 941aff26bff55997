package dev.anneal.engine.text.tokens;

import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.TemplateException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The chat templates of a model: {@code default}, or the only one, and optionally {@code tool_use}.
 *
 * @param plain template for conversations without tools
 * @param withTools template for conversations with tools; the same one if there is no separate one
 */
public record ChatTemplates(ChatTemplate plain, ChatTemplate withTools) {

    private static final String FILE = "chat_template.jinja";
    private static final String CONFIGURATION = "tokenizer_config.json";
    /** Of the processor of a multimodal model. */
    private static final String OF_PROCESSOR = "chat_template.json";

    private static final String KEY = "chat_template";
    private static final String DEFAULT = "default";
    private static final String WITH_TOOLS = "tool_use";

    static ChatTemplates read(ModelFiles files, Instant now) {
        String file = file(files);
        Map<String, ChatTemplate> byName = new LinkedHashMap<>();
        sources(files).forEach((name, source) -> byName.put(name, compile(files, file, source, now)));
        ChatTemplate plain = byName.size() == 1 ? byName.values().iterator().next() : byName.get(DEFAULT);
        if (plain == null) {
            String problem = "has no chat template named '%s', and there is no %s".formatted(DEFAULT, FILE);
            throw files.unreadable(CONFIGURATION, problem, null);
        }
        return new ChatTemplates(plain, byName.getOrDefault(WITH_TOOLS, plain));
    }

    /** Name of the file that they are read from; tokenizer_config.json if there are none. */
    private static String file(ModelFiles files) {
        if (Files.isRegularFile(files.directory().resolve(FILE))) {
            return FILE;
        }
        boolean onlyProcessor = !files.optionalJson(CONFIGURATION).has(KEY)
                && files.optionalJson(OF_PROCESSOR).has(KEY);
        return onlyProcessor ? OF_PROCESSOR : CONFIGURATION;
    }

    /**
     * Their texts by name, from chat_template.jinja, or else from tokenizer_config.json, which has one text or a list
     * of named ones, or else from chat_template.json.
     */
    static Map<String, String> sources(ModelFiles files) {
        Map<String, String> byName = new LinkedHashMap<>();
        String file = file(files);
        String text = files.optionalText(FILE);
        JsonNode config =
                files.optionalJson(file.equals(FILE) ? CONFIGURATION : file).path(KEY);
        if (text != null) {
            byName.put(DEFAULT, text);
        } else if (config.isString()) {
            byName.put(DEFAULT, config.stringValue());
        } else if (config.isArray()) {
            config.forEach(named -> byName.put(
                    named.path("name").asString(""), named.path("template").asString("")));
        }
        return byName;
    }

    private static ChatTemplate compile(ModelFiles files, String name, String source, Instant now) {
        try {
            return ChatTemplate.compile(source, now);
        } catch (TemplateException e) {
            throw files.unreadable(name, "holds a chat template that is not understood: " + e.getMessage(), e);
        }
    }
}
