"""What a school takes along: its decision in the shapes of eHOKS and Koski, and as rows for a study secretary."""
