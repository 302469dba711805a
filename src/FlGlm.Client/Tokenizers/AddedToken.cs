namespace FlGlm.Client.Tokenizers;

/// <summary>A token that is found in a text before the model sees it; the fields are those of Hugging Face's <c>AddedToken</c>.</summary>
/// <param name="Content">How it is spelled.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsSpecial">Whether it is a mark, which is no text when ids are decoded.</param>
internal sealed record AddedToken(string Content, int Id, bool IsSpecial)
{
    /// <summary>Whether letters beside it keep it from being found (<c>single_word</c>).</summary>
    internal bool SingleWord { get; init; }

    /// <summary>Whether it takes the blanks before it (<c>lstrip</c>).</summary>
    internal bool TakesLeft { get; init; }

    /// <summary>Whether it takes the blanks behind it (<c>rstrip</c>).</summary>
    internal bool TakesRight { get; init; }
}
