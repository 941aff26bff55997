package dev.anneal.engine.tokens;

import dev.anneal.engine.template.ChatTemplate;
import dev.anneal.engine.template.TemplateException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The chat templates of a model: {@code default} and perhaps {@code tool_use} for conversations with tools. */
public final class ChatTemplates {

    private static final String DEFAULT = "default";
    private static final String WITH_TOOLS = "tool_use";

    private final ModelFiles files;
    private final Map<String, ChatTemplate> byName;

    private ChatTemplates(ModelFiles files, Map<String, ChatTemplate> byName) {
        this.files = files;
        this.byName = byName;
    }

    /** Reads chat_template.jinja, or else {@code chat_template} of tokenizer_config.json: one text, or a list of named ones. */
    static ChatTemplates read(ModelFiles files, Instant now) {
        Map<String, ChatTemplate> byName = new LinkedHashMap<>();
        String file = files.optionalText("chat_template.jinja");
        JsonNode config = files.optionalJson("tokenizer_config.json").get("chat_template");
        if (file != null) {
            byName.put(DEFAULT, compile(files, "chat_template.jinja", file, now));
        } else if (config != null && config.isString()) {
            byName.put(DEFAULT, compile(files, "tokenizer_config.json", config.stringValue(), now));
        } else if (config != null && config.isArray()) {
            for (JsonNode named : config.values()) {
                String source = named.path("template").asString("");
                byName.put(named.path("name").asString(""), compile(files, "tokenizer_config.json", source, now));
            }
        }
        return new ChatTemplates(files, byName);
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
