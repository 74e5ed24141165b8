(* Text: strings and Buffer. The standard library has no search, so it is written here. *)
let state = ref 42

let next below =
  state := ((!state * 1103515245) + 12345) land 0x7fffffff;
  (!state lsr 8) mod below

let build n =
  let text = Buffer.create 1024 in
  for i = 0 to n - 1 do
    if i > 0 then Buffer.add_char text ' ';
    Buffer.add_char text 'w';
    Buffer.add_string text (string_of_int (next 5000))
  done;
  Buffer.contents text

let is_palindrome s =
  let rec go i j = i >= j || (s.[i] = s.[j] && go (i + 1) (j - 1)) in
  go 0 (String.length s - 1)

(* The first place of part in text from start on, or -1. *)
let find text part start =
  let n = String.length part in
  let last = String.length text - n in
  let rec same at k = k = n || (String.unsafe_get text (at + k) = String.unsafe_get part k && same at (k + 1)) in
  let rec go at =
    if at > last then -1
    else
      match String.index_from_opt text at part.[0] with
      | Some at when at <= last -> if same at 1 then at else go (at + 1)
      | _ -> -1
  in
  go start

let replace text old with_ =
  let made = Buffer.create (String.length text) in
  let rec go at =
    match find text old at with
    | -1 -> Buffer.add_substring made text at (String.length text - at)
    | found ->
      Buffer.add_substring made text at (found - at);
      Buffer.add_string made with_;
      go (found + String.length old)
  in
  go 0;
  Buffer.contents made

let count_of text part =
  let rec go at count = match find text part at with -1 -> count | found -> go (found + 1) (count + 1) in
  go 0 0

let hash text =
  let value = ref 2166136261 in
  String.iter (fun c -> value := (!value lxor Char.code c) * 16777619 land 0xffffffff) text;
  !value

let () =
  let text = build (int_of_string Sys.argv.(1)) in
  let words = String.split_on_char ' ' text in
  let sum = ref 0 and palindromes = ref 0 in
  List.iter (fun word ->
    let digits = String.sub word 1 (String.length word - 1) in
    sum := !sum + int_of_string digits;
    if is_palindrome digits then incr palindromes) words;
  let last = ref "" in
  List.iteri (fun i word ->
    let entry = word ^ ":" ^ string_of_int i in
    if String.compare entry !last > 0 then last := entry) words;
  let joined = String.concat ", " words in
  let replaced = replace joined "w1" "word-1" in
  let upper = String.uppercase_ascii replaced in
  Printf.printf "%d %d %d %d %s\n" (String.length text) (List.length words) !sum !palindromes !last;
  Printf.printf "%d %d %d %d\n" (String.length joined) (String.length replaced) (count_of replaced "99") (hash upper)
