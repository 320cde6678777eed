package io.millrace.logs.loki;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelNamesTest {

  @ParameterizedTest
  @CsvSource({
    "service.name, service_name",
    "a-b/c:d e, a_b_c_d_e",
    "grö🚀e, gr__e",
    "1st, key_1st",
    "_one, key_one",
    "__two, __two",
    "'', ''"
  })
  void shouldFollowLokisRules(String key, String name) {
    assertThat(LabelNames.normalize(key)).isEqualTo(name);
    LabelNames names = new LabelNames();
    assertThat(new String(names.of(key), UTF_8)).isEqualTo(name);
    assertThat(names.of(key)).as("remembered").isSameAs(names.of(key));
  }
}
