// SQLite, by Emscripten: tables, joins, an index, text search, and a database as bytes.
import initSqlJs from "sql.js";

export async function open() {
  const SQL = await initSqlJs();
  return () => {
    const db = new SQL.Database();
    db.run(
      "CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, age INT); CREATE TABLE likes (person INT, what TEXT)",
    );
    const person = db.prepare("INSERT INTO person VALUES (?, ?, ?)");
    const likes = db.prepare("INSERT INTO likes VALUES (?, ?)");
    db.run("BEGIN");
    for (let i = 0; i < 500; i++) {
      person.run([i, `Name ${(i * 7919) % 500}`, 18 + (i % 60)]);
      for (let j = 0; j < 3; j++) likes.run([i, `thing ${(i * 31 + j * 17) % 40}`]);
    }
    db.run("COMMIT");
    person.free();
    likes.free();
    db.run("CREATE INDEX by_what ON likes (what)");
    db.create_function("shout", (text) => `${text.toUpperCase()}!`);
    const query = `SELECT what, count(*) AS n, avg(age) AS mean, max(shout(name)) AS last
      FROM likes JOIN person ON person.id = likes.person WHERE what LIKE 'thing 1%' GROUP BY what ORDER BY n DESC, what`;
    const result = db.exec(query);
    const bytes = db.export();
    db.close();
    const again = new SQL.Database(bytes);
    const [{ values }] = again.exec("SELECT count(*), sum(age), sqlite_version() FROM person");
    again.close();
    let error;
    try {
      new SQL.Database().run("SELEC 1");
    } catch (thrown) {
      error = thrown.message;
    }
    return { result, values, size: bytes.length, error };
  };
}
