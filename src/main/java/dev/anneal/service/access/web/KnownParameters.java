package dev.anneal.service.access.web;

import dev.anneal.engine.text.spelling.Spelling;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses query parameters that the called method does not read, like unknown keys of bodies: an ignored filter would
 * return wrong results. A method reads its {@link RequestParam}s, those of its page, those in its mapping, and those of
 * {@link AdditionalParameters}.
 */
final class KnownParameters implements HandlerInterceptor {

    private static final String API = "/v1/";
    private static final List<String> OF_PAGES = List.of("after", "limit", "order");
    private static final ParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

    private final Map<Method, Set<String>> known = new ConcurrentHashMap<>();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String query = request.getQueryString();
        if (query != null && handler instanceof HandlerMethod method && isOfTheApi(request)) {
            Set<String> read = known.computeIfAbsent(method.getMethod(), unused -> readBy(method));
            for (String pair : query.split("&", -1)) {
                requireKnown(decoded(pair.split("=", 2)[0]), read);
            }
        }
        return true;
    }

    /**
     * A request that the container dispatches again, such as to its error page, has the query of the original request.
     */
    private static boolean isOfTheApi(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.REQUEST
                && request.getRequestURI().startsWith(API);
    }

    private static void requireKnown(String name, Set<String> read) {
        if (!name.isEmpty() && !read.contains(name) && !read.contains(name.replaceFirst("\\[.*]$", "[*]"))) {
            List<String> shown =
                    read.stream().map(each -> each.replace("[*]", "[KEY]")).toList();
            throw Refusal.unknown("query parameter", name, shown, Spelling.didYouMean(name, read));
        }
    }

    private static String decoded(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new Refusal(
                    RefusalCode.INVALID_VALUE,
                    "The parameters of the request are not percent-encoded UTF-8: '" + name + "'");
        }
    }

    /** Names of parameters; those that end in {@code [*]} stand for any text between the brackets. */
    private static Set<String> readBy(HandlerMethod method) {
        Set<String> names = new LinkedHashSet<>();
        for (MethodParameter parameter : method.getMethodParameters()) {
            if (parameter.hasParameterAnnotation(PageLimits.class)) {
                names.addAll(OF_PAGES);
            }
            RequestParam single = parameter.getParameterAnnotation(RequestParam.class);
            if (single != null && !Map.class.isAssignableFrom(parameter.getParameterType())) {
                parameter.initParameterNameDiscovery(NAMES);
                names.add(
                        StringUtils.hasText(single.name())
                                ? single.name()
                                : String.valueOf(parameter.getParameterName()));
            }
        }
        RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), RequestMapping.class);
        if (mapping != null) {
            Arrays.stream(mapping.params())
                    .map(condition -> condition.replaceFirst("!?=.*$", "").replaceFirst("^!", ""))
                    .forEach(names::add);
        }
        for (AnnotatedElement annotated : List.of(method.getMethod(), method.getBeanType())) {
            AdditionalParameters others =
                    AnnotatedElementUtils.findMergedAnnotation(annotated, AdditionalParameters.class);
            if (others != null) {
                names.addAll(List.of(others.value()));
            }
        }
        return names;
    }
}
