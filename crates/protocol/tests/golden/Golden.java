// Prints bytes of Kafka's own message classes, one message a line: NAME VERSION HEX.
//
// Every message on the class path, in every version: its fields are set by reflection, to values that differ
// from each other and from their defaults, where the schema of that version has the field.
//
//   for a in clients metadata group-coordinator transaction-coordinator share-coordinator raft server-common storage; do
//     mvn dependency:copy -Dartifact=org.apache.kafka:kafka-$a:4.3.1 -DoutputDirectory=jars
//   done
//   mvn dependency:copy -Dartifact=org.slf4j:slf4j-api:1.7.36 -DoutputDirectory=jars
//   java -cp 'jars/*' Golden.java jars/kafka-*.jar | grep -v ^ProducerSnapshot > java.txt
//
// ProducerSnapshot is a file, which the crate of the log reads.
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.jar.JarFile;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.utils.ImplicitLinkedHashCollection;

public class Golden {
    static int counter;

    public static void main(String[] jars) throws Exception {
        System.out.println("# Printed by Golden.java with kafka-clients 4.3.1 and its sisters.");
        TreeMap<String, Class<?>> classes = new TreeMap<>();
        for (String jar : jars) {
            try (JarFile file = new JarFile(jar)) {
                for (var entry : Collections.list(file.entries())) {
                    String name = entry.getName();
                    if (!name.endsWith(".class") || name.contains("$")) continue;
                    if (!name.contains("/message/") && !name.contains("/generated/") && !name.contains("/metadata/")) continue;
                    Class<?> type;
                    try {
                        type = Class.forName(name.replace('/', '.').substring(0, name.length() - 6));
                    } catch (Throwable missing) {
                        continue;
                    }
                    if (type.isInterface() || !Message.class.isAssignableFrom(type)) continue;
                    String simple = type.getSimpleName();
                    boolean suffixed = simple.endsWith("RequestData") || simple.endsWith("ResponseData") || simple.endsWith("HeaderData");
                    classes.put(suffixed ? simple.substring(0, simple.length() - 4) : simple, type);
                }
            }
        }
        for (var entry : classes.entrySet()) {
            Schema[] schemas = (Schema[]) entry.getValue().getField("SCHEMAS").get(null);
            for (short version = 0; version < schemas.length; version++) {
                if (schemas[version] == null) continue;
                counter = 0;
                Message message = (Message) fill(entry.getValue(), version);
                ObjectSerializationCache cache = new ObjectSerializationCache();
                ByteBuffer buffer = ByteBuffer.allocate(message.size(cache, version));
                message.write(new ByteBufferAccessor(buffer), cache, version);
                if (buffer.hasRemaining()) throw new IllegalStateException(entry.getKey());
                System.out.println(entry.getKey() + " " + version + " " + HexFormat.of().formatHex(buffer.array()));
            }
        }
    }

    static Object fill(Class<?> type, short version) throws Exception {
        Object struct = type.getDeclaredConstructor().newInstance();
        Set<String> present = new HashSet<>();
        for (BoundField field : ((Schema[]) type.getField("SCHEMAS").get(null))[version].fields()) {
            if (field.def.type instanceof TaggedFields tagged) {
                tagged.fields().values().forEach(def -> present.add(plain(def.name)));
            } else {
                present.add(plain(field.def.name));
            }
        }
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) || !present.contains(plain(field.getName()))) continue;
            field.setAccessible(true);
            Object value = value(field, version);
            if (value != null) field.set(struct, value);
        }
        return struct;
    }

    static String plain(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    static Object value(Field field, short version) throws Exception {
        Class<?> type = field.getType();
        if (ImplicitLinkedHashCollection.class.isAssignableFrom(type)) {
            Class<?> element = Class.forName(type.getName().substring(0, type.getName().length() - "Collection".length()));
            @SuppressWarnings("unchecked")
            var collection = (ImplicitLinkedHashCollection<ImplicitLinkedHashCollection.Element>) type.getDeclaredConstructor().newInstance();
            for (int i = 0; i < 2; i++) collection.mustAdd((ImplicitLinkedHashCollection.Element) fill(element, version));
            return collection;
        }
        if (List.class.isAssignableFrom(type)) {
            Class<?> element = (Class<?>) ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
            List<Object> list = new ArrayList<>();
            for (int i = 0; i < 2; i++) list.add(single(element, version));
            return list;
        }
        return single(type, version);
    }

    static Object single(Class<?> type, short version) throws Exception {
        int n = ++counter;
        if (type == boolean.class || type == Boolean.class) return n % 2 == 0;
        if (type == byte.class || type == Byte.class) return (byte) n;
        if (type == short.class || type == Short.class) return (short) (n * 3);
        if (type == int.class || type == Integer.class) return n * 1001 % 65536;
        if (type == long.class || type == Long.class) return n * 1_000_000_007L;
        if (type == double.class || type == Double.class) return n / 8.0;
        if (type == String.class) return "s" + n;
        if (type == Uuid.class) return new Uuid(n, -n);
        if (type == byte[].class) return new byte[] {(byte) n, 0, 1};
        if (type == ByteBuffer.class) return ByteBuffer.wrap(new byte[] {(byte) n, 2});
        if (type.getSimpleName().equals("BaseRecords")) {
            Class<?> records = Class.forName(type.getPackageName() + ".MemoryRecords");
            return records.getMethod("readableRecords", ByteBuffer.class).invoke(null, ByteBuffer.wrap(new byte[] {(byte) n, 3, 4}));
        }
        return fill(type, version);
    }
}
