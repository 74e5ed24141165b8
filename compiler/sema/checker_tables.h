// The tables that checking fills beside those of the program: what names declare, how far each declaration has come, what instances
// there are of generic ones, and what `extend` adds to types. They decide nothing themselves.
#pragma once

#include "compiler/sema/checker_state.h"

namespace dream::sema {

struct CheckerTables {
  explicit CheckerTables(const LayerId &selected) : declaredTypes(selected) {}

  // ---- Declarations
  /// A module variable, static or constant.
  struct Global {
    VariableId variable;
    const ast::VariableDecl *decl; ///< Null for the field of a static property.
    FileContext *file;
    NominalId owner;
    const ast::TypeNode *typeNode; ///< Null: inferred.
    Progress type = Progress::NotStarted;
    bool isUsed = false, isInMain = false;
    llvm::SmallVector<CallEdge, 0> edges = {};
    Global(VariableId variable, const ast::VariableDecl *decl, FileContext *file, NominalId owner, const ast::TypeNode *typeNode)
        : variable(variable), decl(decl), file(file), owner(owner), typeNode(typeNode) {}
  };
  std::deque<Module> modules;
  llvm::StringMap<ModuleId> modulesByPath;
  std::deque<FileContext> files;
  std::deque<TypeDetail> typeDetails;           ///< By NominalId.
  std::deque<FunctionDetail> functionDetails;   ///< By FunctionId.
  std::deque<llvm::SmallVector<FunctionId, 2>> overloads; ///< By OverloadsId.
  std::vector<Global> globals;                  ///< Module variables and statics with declarations, constants included.
  llvm::DenseMap<VariableId, uint32_t> globalRows;
  llvm::DenseMap<VariableId, const ast::VariableDecl *> fieldDecls;
  llvm::DenseMap<VariableId, const ast::TypeNode *> fieldTypes;
  std::vector<Visibility> propertyVisibility;   ///< By PropertyId.
  std::vector<uint32_t> variableUses;           ///< By VariableId; for locals.
  std::vector<const ast::PropertyDecl *> propertyDecls;
  std::vector<FileContext *> propertyFiles;
  std::vector<ModuleId> libraryModules;
  llvm::DenseSet<Name> brokenImports;
  llvm::DenseSet<VariableId> variablesRunning;
  llvm::StringMap<unsigned> symbolCounts;
  std::vector<FunctionId> bodyQueue;
  std::vector<ReadOnlyCall> readOnlyCalls;
  std::vector<std::pair<FileContext *, const ast::Stmt *>> topLevel;
  std::vector<llvm::SmallVector<NominalId, 2>> derived; ///< By NominalId: direct subclasses.
  std::vector<NominalId> classOrder;                    ///< Bases before what derives from them.
  std::vector<llvm::SmallVector<FunctionId, 0>> standIns; ///< By FunctionId: overrides and implementations.
  FunctionDetail &detail(FunctionId id) { return functionDetails[id.index]; }
  TypeDetail &detail(NominalId id) { return typeDetails[id.index]; }
  const TypeDetail &detail(NominalId id) const { return typeDetails[id.index]; }

  // ---- Generics
  struct PendingConstraints { LayerId layer; SourceRange range; const ast::Decl *decl; FileContext *file; NominalId scope; LayerId usedIn; };
  std::deque<Layer> layers{1};
  std::deque<TypeParamInfo> typeParams;                        ///< By the number of the type.
  llvm::DenseMap<const ast::Decl *, TypeId> typeParamTypes;
  llvm::DenseMap<std::pair<NominalId, TypeId>, NominalId> typeInstances;     ///< By declaration and the tuple of arguments.
  llvm::DenseMap<std::pair<FunctionId, TypeId>, FunctionId> functionInstances;
  LayeredTable<NominalId> declaredTypes;
  std::vector<PendingConstraints> pendingConstraints; ///< To be checked once the bases of all types are known.
  bool basesAreKnown = false, typesAreComplete = false, isCompleting = false;
  size_t overridesDone = 0, layoutsDone = 0, slotsDone = 0, conformancesDone = 0; ///< How far into classOrder.
  llvm::DenseSet<std::pair<uint32_t, uint32_t>> knownStandIns;

  // ---- Interfaces and members that `extend` adds
  struct PendingExtend { const ast::ExtendDecl *decl; FileContext *file; };
  llvm::DenseMap<TypeId, std::unique_ptr<Extension>> extensions;
  std::vector<TypeId> extendedOrder;
  std::vector<PendingExtend> pendingExtends;
  struct AddedInterface { TypeId type, interface; SourceRange range; };
  llvm::DenseMap<TypeId, llvm::SmallVector<TypeId, 4>> addedInterfaces; ///< By `extend int : I`; of types that are not nominal.
  std::vector<AddedInterface> addedOrder;
  /// `extend<T> List<T> { … }`: declared again for each type that it fits.
  struct GenericExtension { const ast::ExtendDecl *decl; FileContext *file; LayerId layer; TypeId pattern; };
  std::vector<GenericExtension> genericExtensions;
  llvm::DenseMap<std::pair<LayerId, TypeId>, LayerId> extensionInstances; ///< By definition and the tuple of arguments; 0: does not fit.
  llvm::DenseSet<TypeId> typesWithExtensions, typesWithAddedInterfaces;   ///< For which generic extensions have been applied.
  llvm::DenseMap<TypeId, llvm::SmallVector<TypeId, 2>> inheritedExtensions; ///< Bases and interfaces whose extensions a type has.
  llvm::DenseMap<TypeId, std::unique_ptr<Extension>> wideExtensions; ///< What extensions of any type give it. Those of its own hide them.

  // ---- Associated types
  /// Where an interface was named: it tells the associated types.
  struct AssocSource {
    const ast::Decl *decl = nullptr; ///< What implements it,
    FileContext *file = nullptr;
    NominalId scope;
    TypeId param, actual;            ///< or the parameter that it constrains, and what stands for that here.
  };
  llvm::DenseMap<const ast::Decl *, ast::List<const ast::TypeParamDecl *>> interfaceParams;
  llvm::DenseMap<const ast::TypeParamDecl *, const ast::AssocTypeDecl *> assocDecls;
  llvm::DenseMap<const ast::Decl *, llvm::SmallVector<const ast::AssocTypeDecl *, 1>> assocMembers;
  llvm::DenseMap<std::pair<TypeId, const ast::TypeParamDecl *>, TypeId> projections;
};

} // namespace dream::sema
