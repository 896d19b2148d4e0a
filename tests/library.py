"""A contract of a library: names as ids, numbers as ids, ids that the caller chooses, things that belong to others."""

from __future__ import annotations

__all__ = ["LIBRARY"]

LIBRARY = """
syntax = "proto3";
package library.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
service Library {
  rpc CreateBook(CreateBookRequest) returns (Book);
  rpc GetBook(BookName) returns (Book) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc ListBooks(ListBooksRequest) returns (ListBooksResponse);
  rpc UpdateBook(UpdateBookRequest) returns (Book);
  rpc DeleteBook(BookName) returns (google.protobuf.Empty);
  rpc GetBookStatus(BookName) returns (BookStatus);
  rpc WatchBooks(ListBooksRequest) returns (stream Book);
  rpc ImportBooks(stream CreateBookRequest) returns (ListBooksResponse);
  rpc AddShelf(Shelf) returns (ShelfAdded);
  rpc CreateCard(Card) returns (google.protobuf.Empty);
  rpc PunchCard(CardId) returns (google.protobuf.Empty);
  rpc Chat(stream Note) returns (stream Note);
}
service Users {
  rpc Create(User) returns (UserReply);
  rpc Get(UserId) returns (User);
  rpc List(google.protobuf.Empty) returns (UserList);
  rpc Remove(UserIds) returns (google.protobuf.Empty);
}
message Book { string name = 1; string title = 2; repeated string authors = 3; string note = 4; }
message BookName { string name = 1; }
message BookStatus { string name = 1; bool lent = 2; }
message CreateBookRequest { Book book = 1; string shelf_id = 2; }
message ListBooksRequest { int32 page_size = 1; string page_token = 2; }
message ListBooksResponse { repeated Book books = 1; string next_page_token = 2; }
message UpdateBookRequest { Book book = 1; google.protobuf.FieldMask update_mask = 2; }
message Shelf { string theme = 1; int64 owner_user_id = 2; }
message ShelfAdded { string shelf_id = 1; }
message Card { string card_id = 1; string holder = 2; }
message CardId { string card_id = 1; }
message Note { string text = 1; }
message User { int64 id = 1; string name = 2; string email = 3; }
message UserId { int64 id = 1; }
message UserIds { repeated int64 ids = 1; }
message UserReply { User user = 1; }
message UserList { repeated User users = 1; }
"""
