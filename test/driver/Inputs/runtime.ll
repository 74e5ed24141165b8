; A program that prints what its runtime computes.
declare void @dr_start(i32, ptr)
declare i32 @dr_finish(i32)
declare ptr @dr_str_of_i64(i64, ptr)
declare ptr @dr_str_of_c(ptr, ptr)
declare ptr @dr_str_concat(ptr, ptr, ptr)
declare void @dr_release_any(ptr)
declare i32 @puts(ptr)
@text = private constant [9 x i8] c"answer: \00"

define i32 @main(i32 %argc, ptr %argv) {
  call void @dr_start(i32 %argc, ptr %argv)
  %a = call ptr @dr_str_of_c(ptr @text, ptr null)
  %b = call ptr @dr_str_of_i64(i64 42, ptr null)
  %c = call ptr @dr_str_concat(ptr %a, ptr %b, ptr null)
  %r = call i32 @puts(ptr %c)
  call void @dr_release_any(ptr %a)
  call void @dr_release_any(ptr %b)
  call void @dr_release_any(ptr %c)
  %code = call i32 @dr_finish(i32 7)
  ret i32 %code
}
