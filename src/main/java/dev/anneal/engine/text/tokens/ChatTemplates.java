package dev.anneal.engine.text.tokens;

import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.TemplateException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The chat templates of a model: {@code default} and perhaps {@code tool_use} for conversations with tools. */
public final class ChatTemplates {

    private static final String FILE = "chat_template.jinja";
    private static final String CONFIGURATION = "tokenizer_config.json";
    private static final String DEFAULT = "default";
    private static final String WITH_TOOLS = "tool_use";

    private final ModelFiles files;
    private final Map<String, ChatTemplate> byName;

    private ChatTemplates(ModelFiles files, Map<String, ChatTemplate> byName) {
        this.files = files;
        this.byName = byName;
    }

    static ChatTemplates read(ModelFiles files, Instant now) {
        String file = files.optionalText(FILE) == null ? CONFIGURATION : FILE;
        Map<String, ChatTemplate> byName = new LinkedHashMap<>();
        sources(files).forEach((name, source) -> byName.put(name, compile(files, file, source, now)));
        return new ChatTemplates(files, byName);
    }

    /** Their texts by name: of chat_template.jinja, or else of tokenizer_config.json, where there is one text or a list of named ones. */
    static Map<String, String> sources(ModelFiles files) {
        Map<String, String> byName = new LinkedHashMap<>();
        String file = files.optionalText(FILE);
        JsonNode config = files.optionalJson(CONFIGURATION).get("chat_template");
        if (file != null) {
            byName.put(DEFAULT, file);
        } else if (config != null && config.isString()) {
            byName.put(DEFAULT, config.stringValue());
        } else if (config != null && config.isArray()) {
            for (JsonNode named : config.values()) {
                byName.put(
                        named.path("name").asString(""), named.path("template").asString(""));
            }
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

    /** The template for conversations with tools, or for those without. */
    public ChatTemplate forTools(boolean hasTools) {
        ChatTemplate withTools = hasTools ? byName.get(WITH_TOOLS) : null;
        ChatTemplate usual = byName.size() == 1 ? byName.values().iterator().next() : byName.get(DEFAULT);
        ChatTemplate chosen = withTools == null ? usual : withTools;
        if (chosen == null) {
            String problem = "has no chat template named '%s', and there is no chat_template.jinja".formatted(DEFAULT);
            throw files.unreadable("tokenizer_config.json", problem, null);
        }
        return chosen;
    }
}
