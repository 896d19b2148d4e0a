"""What a GraphQL schema promises: valid input taken, broken input refused, answers and errors as they are declared."""
