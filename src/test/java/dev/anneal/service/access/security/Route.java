package dev.anneal.service.access.security;

import dev.anneal.service.access.tenant.AnyScope;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * One way to call a method of a controller, as the application itself has it.
 *
 * @param pattern path with names of variables in braces
 * @param query what the mapping asks of the query, or an empty text
 * @param scope null if the method names none
 */
public record Route(
        String method,
        String pattern,
        String query,
        @Nullable Scope scope) {

    /** All routes below {@code /v1} but those that every credential may call. */
    public static List<Route> of(RequestMappingHandlerMapping mappings) {
        List<Route> routes = new ArrayList<>();
        for (Map.Entry<RequestMappingInfo, HandlerMethod> mapping :
                mappings.getHandlerMethods().entrySet()) {
            if (mapping.getValue().hasMethodAnnotation(AnyScope.class)) {
                continue;
            }
            RequestMappingInfo info = mapping.getKey();
            RequiresScope required = mapping.getValue().getMethodAnnotation(RequiresScope.class);
            String query = Stream.concat(
                            info.getParamsCondition().getExpressions().stream()
                                    .filter(expression -> !expression.isNegated())
                                    .map(expression -> expression.getName() + "=" + expression.getValue()),
                            Arrays.stream(mapping.getValue().getMethodParameters())
                                    .flatMap(Route::required))
                    .collect(Collectors.joining("&"));
            for (RequestMethod method : info.getMethodsCondition().getMethods()) {
                for (String pattern : info.getPatternValues()) {
                    if (pattern.startsWith("/v1/")) {
                        routes.add(
                                new Route(method.name(), pattern, query, required == null ? null : required.value()));
                    }
                }
            }
        }
        return routes;
    }

    /** A parameter of the query without which the method is not called, with a value. */
    private static Stream<String> required(MethodParameter parameter) {
        RequestParam param = parameter.getParameterAnnotation(RequestParam.class);
        boolean isRequired = param != null
                && param.required()
                && param.defaultValue().equals(ValueConstants.DEFAULT_NONE)
                // A map holds all parameters that there are.
                && !Map.class.isAssignableFrom(parameter.getParameterType());
        return isRequired ? Stream.of(parameter.getParameter().getName() + "=x") : Stream.empty();
    }

    /** The names of the variables in the path. */
    public List<String> variables() {
        List<String> names = new ArrayList<>();
        for (int open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', open + 1)) {
            names.add(pattern.substring(open + 1, pattern.indexOf('}', open)));
        }
        return names;
    }

    /** The path and query with {@code value} in place of each variable. */
    public String path(UnaryOperator<String> value) {
        String path = pattern;
        for (String name : variables()) {
            path = path.replace("{" + name + "}", value.apply(name));
        }
        return query.isEmpty() ? path : path + "?" + query;
    }

    /** A request for this route; where a body is usual it is an empty JSON object. */
    public HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        return method.equals("GET") || method.equals("DELETE")
                ? request.method(method, HttpRequest.BodyPublishers.noBody())
                : request.header("content-type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString("{}"));
    }
}
