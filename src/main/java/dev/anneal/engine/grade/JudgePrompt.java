package dev.anneal.engine.grade;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.WireName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages for a judging model, with variables. */
final class JudgePrompt {

    private static final int MOST_MESSAGES = 64;
    private static final String KEY = "input";

    private final List<TemplateMessage> messages;

    private JudgePrompt(List<TemplateMessage> messages) {
        this.messages = messages;
    }

    /** @param content parts that become one text */
    private record TemplateMessage(String role, List<Template> content) {}

    /** Role of a message. */
    private enum Role {
        SYSTEM,
        DEVELOPER,
        USER,
        ASSISTANT
    }

    static JudgePrompt read(GraderObject grader) {
        List<?> values = grader.requiredList(KEY, MOST_MESSAGES);
        List<TemplateMessage> messages = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            messages.add(message(GraderObject.of(grader.param(KEY) + "[" + i + "]", values.get(i))));
        }
        return new JudgePrompt(Collections.unmodifiableList(messages));
    }

    private static TemplateMessage message(GraderObject message) {
        String type = message.text("type");
        if (type != null && !type.equals("message")) {
            throw message.invalid("type", "must be 'message' or left out", type);
        }
        String role = WireName.of(message.choice("role", Role.class));
        List<Template> content = content(message);
        message.refuseOthers();
        return new TemplateMessage(role, content);
    }

    /** A string, a part, or a list of both, as in the SDKs. */
    private static List<Template> content(GraderObject message) {
        Object value = message.required("content", "the text of the message");
        if (!(value instanceof List<?>)) {
            return List.of(part(message.param("content"), value));
        }
        List<?> parts = message.requiredList("content", MOST_MESSAGES);
        List<Template> templates = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            templates.add(part(message.param("content") + "[" + i + "]", parts.get(i)));
        }
        return templates;
    }

    private static Template part(String path, @Nullable Object value) {
        if (value instanceof String) {
            return new GraderObject("", Map.of(path, value)).template(path);
        }
        GraderObject part = GraderObject.of(path, value);
        String type = part.requiredText("type");
        if (type.equals("input_image") || type.equals("input_audio")) {
            throw GraderException.notSupported(
                    part.param("type"), "is '" + type + "', and models here read text alone: use 'input_text'");
        }
        if (!type.equals("input_text") && !type.equals("output_text")) {
            throw part.invalid("type", "must be 'input_text' or 'output_text'", type);
        }
        Template template = part.template("text");
        part.refuseOthers();
        return template;
    }

    List<Template> templates() {
        return messages.stream().flatMap(message -> message.content.stream()).toList();
    }

    List<GradingQuestion.Message> fill(Sample sample) throws UnfillableTemplateException {
        List<GradingQuestion.Message> filled = new ArrayList<>();
        int room = Template.MOST_FILLED;
        for (TemplateMessage message : messages) {
            StringBuilder text = new StringBuilder();
            for (Template part : message.content) {
                part.appendTo(text, sample, room);
            }
            room -= text.length();
            filled.add(new GradingQuestion.Message(message.role, text.toString()));
        }
        return filled;
    }
}
