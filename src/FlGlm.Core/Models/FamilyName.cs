namespace FlGlm.Core.Models;

/// <summary>The families of models, and so whose text form a checkpoint has.</summary>
public enum FamilyName
{
    /// <summary>Llama and Llama-2.</summary>
    Llama,

    /// <summary>ChatGLM-6B.</summary>
    ChatGlm,

    /// <summary>ChatGLM2 and ChatGLM3, which differ in their chats only.</summary>
    ChatGlm2,
}
