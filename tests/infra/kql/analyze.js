// Reads {tables, queries} from stdin; writes, for each query, what Microsoft's parser says of it.
const { readFileSync } = require('fs')
const { runInThisContext } = require('vm')

// The package is made for browsers: its parts share one global scope.
for (const part of ['bridge', 'Kusto.Language.Bridge']) {
  runInThisContext(readFileSync(require.resolve(`@kusto/language-service-next/${part}.js`), 'utf8'))
}

const { Symbols, KustoCode, GlobalState } = Kusto.Language
const { tables, queries } = JSON.parse(readFileSync(0, 'utf8'))

const described = Object.entries(tables).map(([name, columns]) =>
  Symbols.TableSymbol.From(`(${columns.join(', ')})`).WithName(name))
const database = new Symbols.DatabaseSymbol.$ctor1('workspace', described)
const globals = GlobalState.Default.WithDatabase(database)

const said = queries.map(query => {
  const found = KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics()
  return [...Array(found.Count).keys()].map(at => found.getItem(at).Message)
})
process.stdout.write(JSON.stringify(said))
