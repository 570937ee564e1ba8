import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** An application of one person around the samples for CAS and for the plain recipe. */
class Enter {
    static final Map<String, String> session = new HashMap<>();
    static String ticket = "";
    static JsonObject user;

    public static void main(String[] args) throws IOException {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 0);
        server.createContext("/", Enter::answer);
        server.start();
    }

    static synchronized void answer(HttpExchange call) throws IOException {
        try (call) {
            try {
                var told = fields(call.getRequestURI().getRawQuery());
                var form = fields(new String(call.getRequestBody().readAllBytes(), UTF_8));
                switch (call.getRequestMethod() + " " + call.getRequestURI().getPath()) {
                    case "GET /" -> say(call, 200, user == null ? "nobody" : user.toString());
                    case "GET /cas/sign-in" -> send(call, Cas.signInAddress());
                    case "GET /cas/back" -> {
                        ticket = told.getOrDefault("ticket", ticket);
                        user = Cas.cameBack(ticket);
                        send(call, "/");
                    }
                    case "POST /cas/back" -> end(call, Cas.isEndOf(ticket, form.get("logoutRequest")));
                    case "GET /plain/sign-in" -> send(call, Plain.signInAddress(session));
                    case "GET /plain/back" -> {
                        user = Plain.cameBack(session, told);
                        send(call, "/");
                    }
                    case "POST /plain/ended" -> end(call, Plain.isEndOf(user, form));
                    default -> say(call, 404, "");
                }
            } catch (Exception fault) {
                fault.printStackTrace();
                say(call, 500, fault.toString());
            }
        }
    }

    static void end(HttpExchange call, boolean isEnd) throws IOException {
        if (isEnd) user = null;
        say(call, isEnd ? 200 : 400, "");
    }

    static Map<String, String> fields(String form) {
        var fields = new HashMap<String, String>();
        for (var pair : (form == null ? "" : form).split("&")) {
            var parts = pair.split("=", 2);
            if (parts.length == 2) fields.put(parts[0], URLDecoder.decode(parts[1], UTF_8));
        }
        return fields;
    }

    static void send(HttpExchange call, String address) throws IOException {
        call.getResponseHeaders().set("Location", address);
        say(call, 302, "");
    }

    static void say(HttpExchange call, int status, String text) throws IOException {
        var body = text.getBytes(UTF_8);
        call.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        call.getResponseBody().write(body);
    }
}
