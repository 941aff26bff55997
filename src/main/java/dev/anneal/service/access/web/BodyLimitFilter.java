package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Limits request bodies before they are parsed: by their announced length, and by counting, because clients may
 * announce none. Uploads are multipart and have a separate limit.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class BodyLimitFilter extends OncePerRequestFilter {

    private final DataSize limit;
    private final ErrorWriter errors;

    BodyLimitFilter(WebProperties properties, ErrorWriter errors) {
        this.limit = properties.maxBodySize();
        this.errors = errors;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isMultipart(request.getContentType())) {
            chain.doFilter(request, response);
        } else if (request.getContentLengthLong() > limit.toBytes()) {
            errors.write(response, tooLarge());
        } else {
            chain.doFilter(new LimitedRequest(request), response);
        }
    }

    private static boolean isMultipart(@Nullable String contentType) {
        return contentType != null && contentType.regionMatches(true, 0, "multipart/", 0, "multipart/".length());
    }

    private Refusal tooLarge() {
        return new Refusal(
                RefusalCode.REQUEST_TOO_LARGE,
                "The request body is larger than " + limit.toBytes() + " bytes. Data sets are uploaded to /v1/files.");
    }

    /** A request whose body throws a refusal at the limit. */
    private final class LimitedRequest extends HttpServletRequestWrapper {

        LimitedRequest(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            return new LimitedStream(super.getInputStream());
        }
    }

    /** Counts the bytes read. */
    private final class LimitedStream extends ServletInputStream {

        private final ServletInputStream source;
        private long bytesRead;

        LimitedStream(ServletInputStream source) {
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            int value = source.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = source.read(target, offset, length);
            count(count);
            return count;
        }

        private void count(int bytes) {
            bytesRead += Math.max(bytes, 0);
            if (bytesRead > limit.toBytes()) {
                throw tooLarge();
            }
        }

        @Override
        public boolean isFinished() {
            return source.isFinished();
        }

        @Override
        public boolean isReady() {
            return source.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            source.setReadListener(listener);
        }
    }
}
