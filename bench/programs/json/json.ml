(* JSON: a variant for values, a parser by recursive descent, and a writer. *)
type json =
  | Null
  | Bool of bool
  | Number of int
  | Text of string
  | Items of json list
  | Object of (string * json) list

let make count =
  let s = Buffer.create 1024 in
  let add = Buffer.add_string s in
  let number n = add (string_of_int n) in
  add "{\"records\":[";
  for i = 0 to count - 1 do
    if i > 0 then add ",";
    add "{\"id\":"; number i;
    add ",\"name\":\"item "; number i;
    add "\",\"price\":"; number (i * 37 mod 1000);
    add ",\"active\":"; add (if i mod 3 = 0 then "true" else "false");
    add ",\"parent\":null,\"tags\":[\"tag"; number (i mod 10);
    add (if i mod 7 = 0 then "\",\"a \\\"b\\\" \\\\ c\\n\"]" else "\",\"plain\"]");
    add ",\"at\":{\"x\":"; number (i mod 100);
    add ",\"y\":"; number (-(i mod 50) - 1);
    add "}}"
  done;
  add "]}";
  Buffer.contents s

let parse text =
  let at = ref 0 in
  let expect c = if text.[!at] <> c then failwith "unexpected character"; incr at in
  let skip_plain () = while text.[!at] <> '"' && text.[!at] <> '\\' do incr at done in
  let string () =
    expect '"';
    let start = !at in
    skip_plain ();
    if text.[!at] = '"' then begin
      incr at;
      String.sub text start (!at - 1 - start)
    end else begin
      let made = Buffer.create 32 in
      let rec go start =
        Buffer.add_substring made text start (!at - start);
        if text.[!at] = '"' then incr at
        else begin
          Buffer.add_char made (match text.[!at + 1] with 'n' -> '\n' | c -> c);
          at := !at + 2;
          let start = !at in
          skip_plain ();
          go start
        end
      in
      go start;
      Buffer.contents made
    end
  in
  let number () =
    let negative = text.[!at] = '-' in
    if negative then incr at;
    let value = ref 0 in
    while text.[!at] >= '0' && text.[!at] <= '9' do
      value := (!value * 10) + Char.code text.[!at] - 48;
      incr at
    done;
    if negative then - !value else !value
  in
  let list close element =
    incr at;
    let rec go made =
      if text.[!at] = ',' then incr at;
      if text.[!at] = close then begin incr at; List.rev made end else go (element () :: made)
    in
    go []
  in
  let rec value () =
    match text.[!at] with
    | 'n' -> at := !at + 4; Null
    | 't' -> at := !at + 4; Bool true
    | 'f' -> at := !at + 5; Bool false
    | '"' -> Text (string ())
    | '[' -> Items (list ']' value)
    | '{' -> Object (list '}' member)
    | _ -> Number (number ())
  and member () =
    let name = string () in
    expect ':';
    (name, value ())
  in
  value ()

let values = ref 0
let sum = ref 0
let letters = ref 0

let rec walk value =
  incr values;
  match value with
  | Null | Bool _ -> ()
  | Number n -> sum := !sum + n
  | Text t -> letters := !letters + String.length t
  | Items items -> List.iter walk items
  | Object members ->
    List.iter (fun (name, value) ->
      letters := !letters + String.length name;
      walk value) members

let write_text to_ text =
  let add = Buffer.add_char to_ in
  add '"';
  String.iter (function
    | ('"' | '\\') as c -> add '\\'; add c
    | '\n' -> add '\\'; add 'n'
    | c -> add c) text;
  add '"'

(* Elements between two brackets, commas between them. *)
let write_list to_ opening closing element list =
  Buffer.add_char to_ opening;
  List.iteri (fun i one ->
    if i > 0 then Buffer.add_char to_ ',';
    element one) list;
  Buffer.add_char to_ closing

let rec write to_ = function
  | Null -> Buffer.add_string to_ "null"
  | Bool on -> Buffer.add_string to_ (if on then "true" else "false")
  | Number n -> Buffer.add_string to_ (string_of_int n)
  | Text t -> write_text to_ t
  | Items items -> write_list to_ '[' ']' (write to_) items
  | Object members ->
    write_list to_ '{' '}' (fun (name, value) ->
      write_text to_ name;
      Buffer.add_char to_ ':';
      write to_ value) members

let round_trip count =
  let text = make count in
  let value = parse text in
  values := 0;
  sum := 0;
  letters := 0;
  walk value;
  let again = Buffer.create (String.length text) in
  write again value;
  Printf.printf "%d bytes, %d values, sum %d, %d letters; written again: %s\n" (String.length text) !values !sum !letters
    (if String.equal (Buffer.contents again) text then "the same" else "another one")

let () =
  let count = int_of_string Sys.argv.(1) in
  for _ = 1 to int_of_string Sys.argv.(2) do
    round_trip count
  done
