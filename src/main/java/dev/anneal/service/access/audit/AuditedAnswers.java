package dev.anneal.service.access.audit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/** Notes the id of the object in an answer, which for a new object appears nowhere else. */
@ControllerAdvice
final class AuditedAnswers implements ResponseBodyAdvice<Object> {

    @Override
    public boolean supports(MethodParameter returned, Class<? extends HttpMessageConverter<?>> converter) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returned,
            MediaType type,
            Class<? extends HttpMessageConverter<?>> converter,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (body instanceof Record answer
                && request instanceof ServletServerHttpRequest servlet
                && !request.getMethod().equals(HttpMethod.GET)) {
            id(answer).ifPresent(id -> servlet.getServletRequest().setAttribute(AuditedRequest.OBJECT, id));
        }
        return body;
    }

    private static Optional<String> id(Record answer) {
        return Arrays.stream(answer.getClass().getRecordComponents())
                .filter(component -> component.getName().equals("id") && component.getType() == String.class)
                .findFirst()
                .flatMap(component -> value(component, answer));
    }

    private static Optional<String> value(RecordComponent component, Record answer) {
        try {
            component.getAccessor().setAccessible(true);
            return Optional.ofNullable((String) component.getAccessor().invoke(answer));
        } catch (IllegalAccessException | InvocationTargetException inaccessible) {
            throw new IllegalStateException(inaccessible);
        }
    }
}
