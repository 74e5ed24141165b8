// The order in which a program is checked. Each step uses only what the steps before it have settled; what cannot be
// ordered (inferred types, constants) is worked out on demand.
#include "compiler/sema/check.h"
#include "compiler/sema/checker.h"

namespace dream::sema {

Checker::Checker(Program &program, NameTable &names, const SourceManager &sources, DiagnosticEngine &diags, const CheckOptions &options)
    : CheckerTables(program.layer), program(program), types(program.types), names(names), sources(sources), diags(diags), options(options) {}

void Checker::run(llvm::ArrayRef<const ast::SourceFile *> library, llvm::ArrayRef<const ast::SourceFile *> files) {
  // 1. Every name has its row.
  declareFiles(library, true);
  program.libraryFiles = library.size();
  declareFiles(files, false);
  for (FileContext &file : this->files)
    resolveImports(file);
  findKnownLibrary();

  // 2. Types: bases, members that `extend` adds, signatures, fields.
  basesAreKnown = true; // instances made from now on get theirs at once
  for (uint32_t i = 0; i < types.nominalCount(); ++i)
    needBases(NominalId(i));
  for (const PendingExtend &pending : pendingExtends)
    declareExtend(pending);
  // Instances of generic types have their signatures worked out when somebody looks at them.
  for (uint32_t i = 0; i < program.properties.size(); ++i)
    if (!isInstance(program.properties[i].layer))
      propertyType(PropertyId(i));
  for (uint32_t i = 0; i < typeDetails.size(); ++i)
    addDefaultConstructor(NominalId(i));
  for (uint32_t i = 0; i < program.functions.size(); ++i)
    if (!isInstance(program.functions[i].layer))
      needSignature(FunctionId(i));
  for (uint32_t i = 0; i < typeParams.size(); ++i)
    needBounds(typeParams[i].type);
  for (uint32_t i = 0; i < types.nominalCount(); ++i)
    needLayout(NominalId(i));
  settleOwnership();
  checkDuplicateSignatures();

  // 3. Dispatch.
  completeTypes();
  typesAreComplete = true;
  flushConstraints();

  // 4. Bodies.
  checkGlobals();
  checkTopLevel();
  for (uint32_t i = 0; i < types.nominalCount(); ++i)
    if (!isOnDemand(*detail(NominalId(i)).file) && !isInstance(detail(NominalId(i)).layer))
      checkFieldInitialisers(NominalId(i));
  for (uint32_t i = 0; i < program.functions.size(); ++i)
    if (!isOnDemand(*functionDetails[i].file) && !isInstance(program.functions[i].layer))
      enqueue(FunctionId(i));
  for (FunctionId function : program.knownFunctions)
    if (function.isValid())
      enqueue(function);
  drainQueue();
  checkResults();
  drainQueue();
  // Module variables of the library, and statics of instances, that bodies use; their initialisers may use more.
  while (checkGlobals())
    drainQueue();

  // 5. The whole program.
  findEntry();
  findTests();
  findExports();
  buildFamilies();
  inferMutation();
  inferThrows();
  findAllocator();
  inferReachability();
  orderInitialisers();
  findLateFields();
}

std::unique_ptr<Program> checkProgram(TypeTable &types, NameTable &names, const SourceManager &sources,
                                      llvm::ArrayRef<const ast::SourceFile *> library, llvm::ArrayRef<const ast::SourceFile *> files,
                                      DiagnosticEngine &diags, const CheckOptions &options) {
  auto program = std::make_unique<Program>(types, sources);
  Checker checker(*program, names, sources, diags, options);
  checker.run(library, files);
  return program;
}

} // namespace dream::sema
