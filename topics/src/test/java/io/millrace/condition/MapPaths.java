package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A context whose paths are single names: the keys of a map of texts, numbers and booleans. */
final class MapPaths implements Paths<Map<String, Object>> {

  static final List<String> NAMES = List.of("a", "b", "c");

  @Override
  public String name() {
    return "map";
  }

  @Override
  public OptionalLong constant(String name) {
    return name.equals("SEVEN") ? OptionalLong.of(7) : OptionalLong.empty();
  }

  @Override
  public @Nullable Expression<Map<String, Object>> resolve(Path path) {
    String name = path.names();
    if (!NAMES.contains(name)) {
      return null;
    }
    Expression<Map<String, Object>> read = (map, into) -> read(map.get(name), into);
    return Keyed.ofAttribute(read, path.keys());
  }

  private static void read(@Nullable Object object, Value into) {
    if (object instanceof Boolean bool) {
      into.setBool(bool);
    } else if (object instanceof Long number) {
      into.setInt(number);
    } else if (object instanceof Double number) {
      into.setDouble(number);
    } else if (object instanceof String text) {
      byte[] utf8 = text.getBytes(UTF_8);
      into.setString(utf8, 0, utf8.length);
    } else {
      into.setNil();
    }
  }
}
