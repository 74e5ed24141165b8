; What the compiler defines in each program: the runtime's switches and the descriptors of types.
@dr_config = constant { i32, i32, i32, i32, i32, i32, ptr, ptr } { i32 40, i32 0, i32 0, i32 0, i32 0, i32 0, ptr null, ptr null }
@name = private constant [7 x i8] c"string\00"
@dr_types = constant { [64 x i8], { i32, i32, i32, i32, ptr, ptr, ptr, ptr, i32, i32, ptr } }
  { [64 x i8] zeroinitializer, { i32, i32, i32, i32, ptr, ptr, ptr, ptr, i32, i32, ptr } { i32 3, i32 1, i32 5, i32 0, ptr @name, ptr null, ptr null, ptr null, i32 0, i32 0, ptr null } }, align 16
